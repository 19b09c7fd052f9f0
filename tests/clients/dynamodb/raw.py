"""Requests as bytes: signed by botocore, then sent as they are, which a client would not do."""
import collections
import http.client
import json
import urllib.parse
import zlib

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

JSON_10 = "application/x-amz-json-1.0"
ANYBODY = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

Answer = collections.namedtuple("Answer", "status headers body")


def signed(url, target, body, credentials=ANYBODY, region="us-east-1", service="dynamodb", **headers):
    """The headers of a POST."""
    request = AWSRequest("POST", url + "/", {"Content-Type": JSON_10, "X-Amz-Target": f"DynamoDB_20120810.{target}", **headers}, body)
    SigV4Auth(credentials, service, region).add_auth(request)
    return dict(request.headers.items())


def send(url, method, path, headers, body=None):
    """`Host` is the URL's unless it is among the headers."""
    host = urllib.parse.urlsplit(url).netloc
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    length = {"Content-Length": str(len(body))} if body is not None else {}
    for name, value in {"Host": host, **length, **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        if body is not None:
            connection.send(body)
    except (BrokenPipeError, ConnectionResetError):
        # The answer came before the end of what is too large.
        pass
    response = connection.getresponse()
    answer = Answer(response.status, dict(response.headers.items()), response.read())
    connection.close()
    return answer


def call(url, target, body, **how):
    """An action's answer: its status and its JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return said(send(url, "POST", "/", signed(url, target, data, **how), data))


def said(answer):
    """Status and JSON, where the frame is DynamoDB's."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if headers.get("x-amz-crc32") != str(zlib.crc32(answer.body)) or headers.get("content-type") != JSON_10:
        return answer.status, f"not DynamoDB's: {answer}"
    return answer.status, json.loads(answer.body)
