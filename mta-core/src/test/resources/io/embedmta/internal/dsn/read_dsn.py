"""Reads DSNs as a stranger would and prints, for each file named, one JSON object a line."""

import email
import email.policy
import json
import sys
from email.utils import parsedate_to_datetime


def fields(part):
    """The blocks of the second part, one dict each."""
    if part.get_content_type() == "message/delivery-status":
        return [dict(block.items()) for block in part.get_payload() if block.keys()]
    # The email package knows no global-delivery-status and takes it for a message.
    raw = part.get_payload(0).as_bytes(policy=email.policy.SMTPUTF8)
    blocks = raw.replace(b"\r\n", b"\n").split(b"\n\n")
    policy = email.policy.SMTPUTF8
    return [
        dict(email.message_from_bytes(block + b"\n", policy=policy).items())
        for block in blocks
        if block.strip()
    ]


def report(path):
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.SMTPUTF8)
    parsedate_to_datetime(message["Date"])
    parts = message.get_payload()
    blocks = fields(parts[1])
    return {
        "type": message.get_content_type(),
        "reportType": message.get_param("report-type"),
        "parts": [part.get_content_type() for part in parts],
        "defects": [repr(d) for part in message.walk() for d in part.defects],
        "text": parts[0].get_content(),
        "finalRecipient": [block["Final-Recipient"] for block in blocks[1:]],
        "action": [block["Action"] for block in blocks[1:]],
        "status": [block["Status"] for block in blocks[1:]],
    }


for name in sys.argv[1:]:
    print(json.dumps(report(name)))
