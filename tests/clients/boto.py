#!/usr/bin/env python3
"""Requests that boto3 and botocore sign: `boto.py HOST:PORT`."""
import datetime
import os
import sys
import unittest.mock

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.exceptions

import twins


def signed(kind, request, signing, **options):
    """The request as botocore makes it with this kind of signature."""
    session = boto3.Session(signing.id, signing.secret, signing.token, signing.region)
    asked = botocore.awsrequest.AWSRequest(
        request["method"], f"http://{twins.HOST}{twins.target_of(request)}", dict(request.get("headers", {})), twins.body_of(request))
    signer = kind(session.get_credentials().get_frozen_credentials(), signing.service, signing.region, **options)
    now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=signing.age_s)
    with unittest.mock.patch("botocore.auth.get_current_datetime", lambda *_: now):
        signer.add_auth(asked)
    target = asked.url.removeprefix(f"http://{twins.HOST}")
    return twins.Wire(request["method"], target, {"Host": twins.HOST, **dict(asked.headers.items())}, twins.body_of(request))


def header(request, signing):
    return signed(botocore.auth.SigV4Auth, request, signing)


def presigned(request, signing):
    names = [name for name, _ in request.get("query", [])]
    # Presigning, botocore makes a query of the body, and keeps one value a name.
    if twins.body_of(request) or len(names) != len(set(names)):
        return None
    return signed(botocore.auth.SigV4QueryAuth, request, signing, expires=300)


def client(signing):
    """A client of the service whose requests are signed for `execute-api`."""
    return boto3.client(
        "apigatewaymanagementapi", endpoint_url=f"http://{twins.HOST}", region_name=signing.region, aws_access_key_id=signing.id,
        aws_secret_access_key=signing.secret, aws_session_token=signing.token,
        config=botocore.config.Config(retries={"total_max_attempts": 1}))


def calls():
    """boto3 as its users call it: it takes the answers, and knows the errors by their names."""
    count = 0
    for key in twins.CASES["keys"]:
        for connection in ["a=", "a/b c"]:
            client(twins.signing_of(key)).get_connection(ConnectionId=connection)
            client(twins.signing_of(key)).post_to_connection(ConnectionId=connection, Data=b"\x00\xff")
            for change, code in [({"secret": "another"}, "InvalidSignatureException"), ({"id": "AKIANOBODYEXAMPLE"}, "UnrecognizedClientException")]:
                try:
                    client(twins.signing_of(key, change)).get_connection(ConnectionId=connection)
                    sys.exit(f"WRONG boto3.client, {key['id']}, {change}: no error")
                except botocore.exceptions.ClientError as error:
                    if error.response["Error"]["Code"] != code:
                        sys.exit(f"WRONG boto3.client, {key['id']}: expected {code}, got {error}")
            count += 2
    print(f"ok boto3.client: {count} calls admitted, {count} refused")


os.environ.pop("AWS_PROFILE", None)
twins.run(f"botocore {botocore.__version__}", {"header": header, "presigned": presigned})
calls()
