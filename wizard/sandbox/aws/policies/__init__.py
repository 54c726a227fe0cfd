"""What the policies of AWS identities allow.

Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy element reference".
"""
