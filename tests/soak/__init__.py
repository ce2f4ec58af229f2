"""A soak of the whole program: random commands against a model of the store, with kills and faults in between.

    python -m tests.soak --seconds 3600          an hour of it
    python -m tests.soak --commands 500 --seed 7 the same 500 commands at each run

A *life* is one home from its first command to some hundreds later. Each step of it is a value (`steps.Step`): what is done,
with which fault, and a number that all its choices come from; so a history can be played again, and with steps left out.
The model is what the store held after the last step, row by row (`facts`), with what each command changed: a command that
reports something must have changed just that, one that was refused nothing, one that was killed either all of it or nothing.
"""
