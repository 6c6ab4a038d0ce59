#!/usr/bin/env python3
"""Certificates for servers of the tests: an authority of their own, and what it signed.

    certificates.py DIR [HOST]

writes ca.pem, server.pem, server.key, client.pem and client.key into DIR. The server is this host, or
`localhost` and 127.0.0.1.
"""

import datetime
import ipaddress
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


def certify(folder, host=None):
    """An authority of this folder's own, and certificates of a server and a client under it."""
    folder.mkdir(parents=True, exist_ok=True)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Regain test authority")])
    authority = (
        certificate(authority_name, authority_name, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), False)
        .sign(authority_key, hashes.SHA256())
    )

    names = [x509.DNSName(host or "localhost")]
    if host is None:
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))

    def issue(name, usage, names):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Regain test {name}")])
        signed = (
            certificate(subject, authority_name, key.public_key())
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()),
                False)
            .sign(authority_key, hashes.SHA256())
        )
        write_whole(folder / f"{name}.pem", signed.public_bytes(serialization.Encoding.PEM))
        write_whole(folder / f"{name}.key", key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))

    write_whole(folder / "ca.pem", authority.public_bytes(serialization.Encoding.PEM))
    issue("server", ExtendedKeyUsageOID.SERVER_AUTH, names)
    issue("client", ExtendedKeyUsageOID.CLIENT_AUTH, [x509.DNSName("client.test")])


def certificate(subject, issuer, public_key):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=7))
    )


def key_usage(**used):
    every = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
             "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{name: used.get(name, False) for name in every})


def write_whole(path, content):
    """A reader never sees half a file: the name appears when the content is complete."""
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_bytes(content)
    unfinished.rename(path)


if __name__ == "__main__":
    certify(Path(sys.argv[1]), *sys.argv[2:])
