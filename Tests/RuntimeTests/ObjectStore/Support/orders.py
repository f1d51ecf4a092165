"""What AWS's own client sees in the store of the tests: a list of orders as JSON, each answered by one line."""
import json, os, sys

import boto3
from botocore.config import Config

s3 = boto3.client("s3", endpoint_url=os.environ["S3_ENDPOINT_URL"], region_name="us-east-1",
                  config=Config(s3={"addressing_style": "path"}))
for order in json.loads(sys.argv[1]):
    try:
        if order["do"] == "put":
            with open(order["file"], "rb") as file:
                more = {"ChecksumAlgorithm": order["checksum"]} if order.get("checksum") else {}
                s3.put_object(Bucket=order["bucket"], Key=order["key"], Body=file.read(), **more)
            answer = {}
        elif order["do"] == "fill":
            for number in range(order["count"]):
                key = f"{order['prefix']}{number:05}"
                s3.put_object(Bucket=order["bucket"], Key=key, Body=key.encode())
            answer = {}
        elif order["do"] == "keys":
            for key, text in order["keys"].items():
                s3.put_object(Bucket=order["bucket"], Key=key, Body=text.encode())
            answer = {}
        elif order["do"] == "list":
            found = s3.list_objects_v2(Bucket=order["bucket"], Prefix=order["prefix"])
            answer = {"keys": sorted(item["Key"] for item in found.get("Contents", []))}
        elif order["do"] == "get":
            body = s3.get_object(Bucket=order["bucket"], Key=order["key"])["Body"].read()
            with open(order["file"], "wb") as file:
                file.write(body)
            answer = {}
        elif order["do"] == "uploads":
            found = s3.list_multipart_uploads(Bucket=order["bucket"])
            answer = {"uploads": len(found.get("Uploads", []))}
        print(json.dumps(answer), flush=True)
    except Exception as error:
        print(json.dumps({"error": repr(error)}), flush=True)
