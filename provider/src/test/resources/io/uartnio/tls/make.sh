#!/bin/sh
# Made the files beside it, with OpenSSL 3.0, for a hundred years. Run it in an empty directory; every key is new then.
set -e
far=21250101000000Z
config() {
    cat <<END
[ca]
default_ca = it
[it]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = $1
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[mute]
basicConstraints = critical,CA:TRUE
keyUsage = critical,digitalSignature
[leaf]
basicConstraints = critical,CA:FALSE
[req]
distinguished_name = none
[none]
END
}
: >index
echo 01 >serial
# issue <file> <name> <extensions> <start> <end> [<issuer>]: a certificate for <file>-key.pem, its own issuer by default
issue() {
    config "$3" >config
    openssl req -new -config config -key "$1-key.pem" -subj "/CN=$2" -out request
    if [ -z "$6" ]; then
        openssl ca -batch -notext -config config -selfsign -keyfile "$1-key.pem" -in request -startdate "$4" -enddate "$5" -out "$1.pem"
    else
        openssl ca -batch -notext -config config -cert "$6.pem" -keyfile "$6-key.pem" -in request -startdate "$4" -enddate "$5" -out "$1.pem"
    fi
}
for name in authority intermediate client expired-authority future-authority not-authority mute-authority; do
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out $name-key.pem
done
openssl ecparam -name prime256v1 -genkey -out ec-client-key.pem # the curve in a block of its own, then SEC 1
now=20250101000000Z
issue authority "test authority" authority $now $far
issue expired-authority "expired authority" authority 20200101000000Z 20210101000000Z
issue future-authority "future authority" authority 21240101000000Z $far
issue not-authority "no authority" leaf $now $far
issue mute-authority "authority that may not sign" mute $now $far
issue intermediate "test intermediate" authority $now $far authority
issue client "test client" leaf $now $far intermediate
issue ec-client "test client EC" leaf $now $far authority
cat client.pem intermediate.pem >client-chain.pem
cat intermediate.pem client.pem >client-chain-reversed.pem
cat client.pem authority.pem >client-chain-gap.pem
openssl rsa -in client-key.pem -traditional -out client-key-pkcs1.pem
openssl pkcs8 -topk8 -nocrypt -in ec-client-key.pem -out ec-client-key-pkcs8.pem
openssl pkcs8 -topk8 -in client-key.pem -passout pass:swordfish -out client-key-encrypted.pem
openssl rsa -in client-key.pem -traditional -aes128 -passout pass:swordfish -out client-key-encrypted-pkcs1.pem
openssl genpkey -algorithm ED25519 -out ed25519-key.pem
cat client-key.pem ec-client-key.pem >two-keys.pem
openssl pkcs12 -export -inkey client-key.pem -in client-chain.pem -passout pass:swordfish -out client.p12
openssl pkcs12 -export -nokeys -in authority.pem -passout pass:swordfish -out no-key.p12
sed '5s/.*/%%%%/' client-key-pkcs1.pem >damaged-key.pem
sed '/END/d' authority.pem >endless.pem
rm -f config request index* serial* [0-9][0-9].pem ./*authority-key.pem intermediate-key.pem
