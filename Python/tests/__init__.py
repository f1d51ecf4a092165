"""Tests of the Python side: python3 -m unittest discover -t Python -s Python/tests"""
