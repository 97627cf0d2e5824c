"""What the registered names in a token mean, in a few words.

Claims: RFC 7519, section 4.1, and OpenID Connect Core 1.0, section 5.1.
Header parameters: RFC 7515, section 4.1, RFC 7516, section 4.1, and RFC 7797.
"""

CLAIMS = {
    "iss": "Issuer: who made the token",
    "sub": "Subject: whom it is about",
    "aud": "Audience: whom it is meant for",
    "exp": "Expires at",
    "nbf": "Not valid before",
    "iat": "Issued at",
    "jti": "The token’s own id",
    "appId": "App the token was issued for",
    "app_id": "App the token was issued for",
    "auth_time": "Signed in at",
    "updated_at": "Profile changed at",
    "azp": "Authorized party",
    "nonce": "Ties the token to one request",
    "scope": "What it may be used for",
    "email": "Mail address",
    "name": "Full name",
    "sid": "Session id",
}

HEADER = {
    "alg": "Signature algorithm it claims",
    "typ": "Kind of token",
    "cty": "Kind of content",
    "kid": "Id of the signing key",
    "jku": "Where the keys are said to be",
    "jwk": "Key sent along",
    "x5u": "Where the certificate is said to be",
    "x5c": "Certificate sent along",
    "x5t": "Certificate’s fingerprint (SHA-1)",
    "x5t#S256": "Certificate’s fingerprint (SHA-256)",
    "crit": "Parameters that must be understood",
    "enc": "Content encryption",
    "zip": "Compression",
    "b64": "Whether the payload is base64url",
}
