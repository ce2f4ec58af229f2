"""Letters as the services of the field send them, made for tests: newsletters, a digest, an old Outlook, broken ones."""

import base64
import mailbox
from pathlib import Path


def substack(number: int = 1, *, words: str = "The essay's own words.") -> bytes:
    """A post by Substack: multipart, preheader padded, a pixel, links by way of a counter."""
    html = f"""<!doctype html><html><head><meta charset="utf-8"><style>p {{ color: red }}</style></head><body>
<div style="display:none;font-size:1px;max-height:0">A preview that nobody should read {'&#847; &zwnj;&nbsp;' * 40}</div>
<img src="https://eotrx.substackcdn.example/open?token=abc" alt="" width="1" height="1" border="0">
<table role="presentation"><tbody><tr><td><h1><a href="https://open.substack.example/pub/ann/p/post-{number}?token=me">
Post {number}</a></h1><p>{words}</p><p><img src="https://substackcdn.example/chart.png" alt="A chart of rain" width="600"></p>
<p><a href="https://substack.example/redirect/2/abc">a source</a></p></td></tr></tbody></table>
<p><a href="https://ann.substack.example/action/disable_email?token=me">Unsubscribe</a></p></body></html>"""
    return crlf(f"""From: Ann Author from Slow Letters <slowletters@substack.example>
To: me@example.org
Subject: Post {number}
Message-ID: <post-{number}@mg1.substack.example>
Date: Tue, {number:02d} Sep 2026 08:00:00 +0000
List-Id: <slowletters.substack.example>
List-Archive: <https://slowletters.substack.example/archive>
List-Post: <https://slowletters.substack.example/p/post-{number}>
List-Unsubscribe: <https://slowletters.substack.example/action/disable_email?token=me>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Precedence: bulk
Mime-Version: 1.0
Content-Type: multipart/alternative; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

View this post on the web at https://slowletters.substack.example/p/post-{number}

{words}
--b1
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

{html}
--b1--
""").encode()


MAILCHIMP = """Subject: =?utf-8?Q?Neues_aus_dem_Garten_=E2=80=93_M=C3=A4rz?=
From: =?utf-8?Q?G=C3=A4rtnerei=20M=C3=BCller?= <post@gaertnerei.example>
Reply-To: <post@gaertnerei.example>
To: <me@example.org>
Date: Mon, 2 Mar 2026 07:30:00 +0100
Message-ID: <4711.20260302.aa@mail.example.mcsv.net>
List-ID: 40a1b2c3d4mc list <40a1b2c3d4.123456.list-id.mcsv.net>
List-Unsubscribe: <https://x.list-manage.example/unsubscribe?u=1&id=2&e=READER>, <mailto:u@x.example?subject=unsubscribe>
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

<html><body><span class=3D"mcnPreviewText" style=3D"display:none; font-size:0px; line-height:0px; mso-hide:all;">Heimlich</span>
<p><a href=3D"https://mailchi.mp/abc/garten?e=3DREADER">Im Browser ansehen</a></p><p>Die Beete werden warm.</p>
<img src=3D"https://x.list-manage.example/track/open.php?u=3D1" height=3D"1" width=3D"1">
<p><a href=3D"https://x.list-manage.example/unsubscribe?e=3DREADER">Abmelden</a></p></body></html>
"""

BUTTONDOWN = """From: Computer Things <hw@buttondown.example>
To: me@example.org
Subject: On naming
Message-ID: <on-naming@buttondown.example>
Date: Wed, 11 Mar 2026 15:00:00 -0500
Archived-At: <https://buttondown.example/hw/archive/on-naming/?utm_source=mail>
List-Unsubscribe: <https://buttondown.example/unsubscribe/x>
Content-Type: text/plain; charset=utf-8; format=flowed

A name is a promise that \ngoes on over the line.

> a quoted line \n> that flows as well
"""

DIGEST = """From: wiki-request@lists.example.org
To: wiki@lists.example.org
Subject: wiki Digest, Vol 3, Issue 2
Message-ID: <mailman.12.1@lists.example.org>
Date: Sun, 01 Mar 2026 12:00:00 +0000
List-Id: Talk about wikis <wiki.lists.example.org>
Precedence: list
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="===1=="

--===1==
Content-Type: text/plain; charset="us-ascii"

Today's Topics:
   1. Gardens (Bo)

--===1==
Content-Type: multipart/digest; boundary="===2=="

--===2==
Content-Type: message/rfc822

From: Bo <bo@example.org>
Subject: Gardens
Message-ID: <g1@example.org>
Content-Type: text/plain; charset=utf-8

Plant a page and come back.

--===2==
Content-Type: message/rfc822

From: Cy <cy@example.org>
Subject: Re: Gardens
Content-Type: text/html; charset=utf-8

<p>Weeds <b>too</b>.</p>

--===2==--

--===1==
Content-Type: application/pdf; name="map.pdf"
Content-Disposition: attachment; filename*=utf-8''G%C3%A4rten.pdf
Content-Transfer-Encoding: base64

AAAA

--===1==--
"""

BROKEN_BOUNDARY = """From: Dee <dee@example.org>
Subject: No such boundary
List-Id: Dee's list <dee.example.org>
Message-ID: <nb@example.org>
Date: Mon, 02 Mar 2026 12:00:00 +0000
Content-Type: multipart/alternative; boundary="it-is-not-this"

--other
Content-Type: text/plain

The words are there all the same.
--other--
"""

PERSONAL = """From: Aunt Eve <eve@example.org>
To: me@example.org
Subject: Sunday
Message-ID: <sunday@example.org>
Date: Sat, 07 Mar 2026 12:00:00 +0000

Cake at four?
"""


def outlook() -> bytes:
    """Windows-1252 that says ISO-8859-1, raw 8-bit headers, no Message-ID."""
    head = "From: Caf\xe9 News <cafe@example.org>\r\nSubject: \x84Angebot\x93 f\xfcr Sie\r\nList-Id: <cafe.example.org>\r\n"
    head += "Date: Thu, 05 Mar 2026 09:00:00 +0100\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n"
    return (head + "<p>Nur 5 \x80 \x96 heute</p>").encode("latin-1")


def big5() -> bytes:
    """Base64 Big5, in the header as well."""
    subject = base64.b64encode("週報第三期".encode("big5")).decode()
    text = base64.encodebytes("今天天氣很好。".encode("big5")).decode()
    return crlf(f"""From: =?big5?B?{base64.b64encode("小明".encode("big5")).decode()}?= <ming@example.tw>
Subject: =?big5?B?{subject}?=
Message-ID: <w3@example.tw>
List-Id: <weekly.example.tw>
Date: Fri, 06 Mar 2026 09:00:00 +0800
Content-Type: text/plain; charset=big5
Content-Transfer-Encoding: base64

{text}""").encode()


def plain(number: int, *, name: str = "Weekly", ident: str = "weekly.example.org", sender: str = "ann@example.org") -> bytes:
    """A short letter of a list."""
    return crlf(f"""From: Ann <{sender}>
Subject: Issue {number}
Message-ID: <{ident}-{number}@example.org>
Date: Tue, 01 Sep 2026 08:{number % 60:02d}:00 +0000
List-Id: {name} <{ident}>

Words of issue {number}.
""").encode()


def crlf(letter: str) -> str:
    return letter.replace("\n", "\r\n")


ALL = [
    *(substack(number) for number in (1, 2, 3)),
    *(crlf(each).encode() for each in (MAILCHIMP, BUTTONDOWN, DIGEST, BROKEN_BOUNDARY)), outlook(), big5(),
]  # fmt: skip
"""Nine letters of seven lists."""


def maildir(path: Path, *letters: bytes) -> Path:
    """A Maildir with these letters, seen and unseen by turns."""
    box = mailbox.Maildir(path, create=True)
    for number, letter in enumerate(letters):
        message = mailbox.MaildirMessage(letter)
        if number % 2:
            message.set_subdir("cur")
            message.set_flags("S")
        box.add(message)
    return path


def mbox(path: Path, *letters: bytes) -> Path:
    """An mbox with these letters added to it."""
    box = mailbox.mbox(path)
    for letter in letters:
        box.add(letter)
    box.close()
    return path
