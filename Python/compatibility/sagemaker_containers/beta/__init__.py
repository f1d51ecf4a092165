"""The place of `sagemaker_containers.beta.framework`."""
