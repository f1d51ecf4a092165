"""moto's server as S3, with signatures checked, for the tests: one line of JSON says where and who, then it serves
until the process that started it is gone.
"""
import json, os, time

# The requests of the setup: user, policy, key, two buckets. Everything after them has to be signed and allowed.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "5"
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f"http://127.0.0.1:{port}"


def client(name, key="setup", secret="setup", region="us-east-1"):
    return boto3.client(name, endpoint_url=endpoint, region_name=region, aws_access_key_id=key,
                        aws_secret_access_key=secret, config=Config(s3={"addressing_style": "path"}))


iam = client("iam")
iam.create_user(UserName="tests")
policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
iam.put_user_policy(UserName="tests", PolicyName="all", PolicyDocument=json.dumps(policy))
key = iam.create_access_key(UserName="tests")["AccessKey"]
client("s3").create_bucket(Bucket="bucket")
client("s3", region="eu-west-1").create_bucket(
    Bucket="bucket.with.dots", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
print(json.dumps({"endpoint": endpoint, "key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}), flush=True)

parent = os.getppid()
while os.getppid() == parent:
    time.sleep(0.5)
os._exit(0)
