"""The command line: parse, call one verb, render. No SQL, no network, no decision is made here."""
