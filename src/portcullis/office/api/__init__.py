"""The HTTP API of the holder's office, for the requester's systems and for the holder's own staff.

Every request is signed (RFC 9421) by a person's enrolled key; what it says is an act of that
person. Submissions carry their own signatures besides. Errors are RFC 9457 problem details.
"""
