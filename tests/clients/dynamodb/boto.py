"""Asks a DynamoDB with boto3. usage: boto.py URL [FILE]: the file has a line for each check that is known to differ"""
import sys

import items
import reads
import several
import table_resource
import tables
from checks import Checks, lines_of

checks = Checks(sys.argv[1], lines_of(sys.argv[2:]))
for script in [tables, items, reads, several, table_resource]:
    checks.run(*script.PARTS)
checks.end("boto3")
