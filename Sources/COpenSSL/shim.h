#ifndef WEIR_COPENSSL_SHIM_H
#define WEIR_COPENSSL_SHIM_H

/* SHA256_Init and its like: deprecated for EVP, which allocates for every digest and takes twice the time. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/* The authorities in a PEM file, in a folder of hashed names, or in both; those that OpenSSL was built with where both
   are NULL. NULL where the file cannot be read, or holds none. Freed with X509_STORE_free. */
static inline X509_STORE *weir_trust_store(const char *file, const char *folder) {
    X509_STORE *store = X509_STORE_new();
    if (store == NULL) return NULL;
    int is_loaded = file == NULL && folder == NULL ? X509_STORE_set_default_paths(store)
                                                   : X509_STORE_load_locations(store, file, folder);
    ERR_clear_error();
    if (is_loaded == 1) return store;
    X509_STORE_free(store);
    return NULL;
}

static inline STACK_OF(X509) *weir_chain_new(void) { return sk_X509_new_null(); }

static inline void weir_chain_free(STACK_OF(X509) *chain) { sk_X509_pop_free(chain, X509_free); }

/* Adds a certificate, a copy of these DER bytes, behind those before it. 0 where they are none. */
static inline int weir_chain_add(STACK_OF(X509) *chain, const unsigned char *der, long count) {
    X509 *certificate = d2i_X509(NULL, &der, count);
    if (certificate != NULL && sk_X509_push(chain, certificate) > 0) return 1;
    X509_free(certificate);
    ERR_clear_error();
    return 0;
}

/* Whether a server that shows this chain, its own certificate first, is `name`, by the rules that libcurl sets for the
   servers that it calls: any authority in the store ends a chain, an intermediate one too; names match whole labels.
   X509_V_OK, or an error for X509_verify_cert_error_string. The store may be in use by other threads. */
static inline int weir_chain_verify(STACK_OF(X509) *chain, X509_STORE *store, const char *name, int is_address) {
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    if (context == NULL) return X509_V_ERR_OUT_OF_MEM;
    int result = X509_V_ERR_UNSPECIFIED;
    if (sk_X509_num(chain) > 0 && X509_STORE_CTX_init(context, store, sk_X509_value(chain, 0), chain) == 1 &&
        X509_STORE_CTX_set_default(context, "ssl_server") == 1) {
        X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context);
        X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
        /* The subject's common name counts only where there are no alternative names at all (RFC 6125 section 6.4.4). */
        int has_names = X509_get_ext_by_NID(sk_X509_value(chain, 0), NID_subject_alt_name, -1) >= 0;
        X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                                   (has_names ? X509_CHECK_FLAG_NEVER_CHECK_SUBJECT : 0));
        /* Keys and digests of at least 112 bits of strength. */
        X509_VERIFY_PARAM_set_auth_level(rules, 2);
        int is_named = is_address ? X509_VERIFY_PARAM_set1_ip_asc(rules, name)
                                  : X509_VERIFY_PARAM_set1_host(rules, name, 0);
        if (is_named == 1) {
            int is_good = X509_verify_cert(context) == 1;
            int error = X509_STORE_CTX_get_error(context);
            if (is_good && error == X509_V_OK) result = X509_V_OK;
            else if (error != X509_V_OK) result = error;
        }
    }
    X509_STORE_CTX_free(context);
    ERR_clear_error();
    return result;
}

/* AES-256-GCM over `count` bytes from `input` to `output`, which may be the same: seals where `seals` is 1 and writes the
   tag, else opens and checks it. 1, or 0 where the tag is not that of this key, nonce, data and input; what was written
   then is to be thrown away. */
static inline int weir_aes_gcm(int seals, const unsigned char key[32], const unsigned char nonce[12],
                               const void *data, size_t data_count, const void *input, void *output, size_t count,
                               unsigned char tag[16]) {
    /* What EVP_CipherUpdate takes at a time is an int. */
    const size_t most = (size_t)1 << 30;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int is_good = context != NULL && data_count <= most &&
                  EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce, seals) == 1;
    int written = 0;
    if (is_good && data_count > 0) {
        is_good = EVP_CipherUpdate(context, NULL, &written, (const unsigned char *)data, (int)data_count) == 1;
    }
    for (size_t done = 0; is_good && done < count; done += most) {
        size_t piece = count - done < most ? count - done : most;
        is_good = EVP_CipherUpdate(context, (unsigned char *)output + done, &written,
                                   (const unsigned char *)input + done, (int)piece) == 1;
    }
    if (is_good && !seals) is_good = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, 16, tag) == 1;
    unsigned char rest[16];
    if (is_good) is_good = EVP_CipherFinal_ex(context, rest, &written) == 1;
    if (is_good && seals) is_good = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, tag) == 1;
    EVP_CIPHER_CTX_free(context);
    ERR_clear_error();
    return is_good;
}

/* No file that Weir reads is encrypted; without this, OpenSSL would ask at the terminal. */
static inline int weir_no_password(char *buffer, int size, int is_writing, void *context) { return -1; }

static inline int weir_key_is_rsa(const EVP_PKEY *key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA; }

/* A public key in PEM: of RSA with at least 2048 bits, or on the curve P-256. NULL for anything else. Freed with
   EVP_PKEY_free. */
static inline EVP_PKEY *weir_public_key(const unsigned char *pem, int count) {
    BIO *bio = BIO_new_mem_buf(pem, count);
    EVP_PKEY *key = bio == NULL ? NULL : PEM_read_bio_PUBKEY(bio, NULL, weir_no_password, NULL);
    BIO_free(bio);
    int is_good = 0;
    if (key != NULL && weir_key_is_rsa(key)) is_good = EVP_PKEY_get_bits(key) >= 2048;
    if (key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
        char group[32];
        size_t length = 0;
        is_good = EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &length) == 1 &&
                  length == strlen(SN_X9_62_prime256v1) && memcmp(group, SN_X9_62_prime256v1, length) == 0;
    }
    ERR_clear_error();
    if (is_good) return key;
    EVP_PKEY_free(key);
    return NULL;
}

/* Whether a signature over the message's SHA-256 is this key's: of RSA by PKCS #1 v1.5 (RFC 7518 section 3.3), of a curve in
   DER. Several threads may verify with one key at once. */
static inline int weir_verify(EVP_PKEY *key, const unsigned char *signature, size_t signature_count,
                              const unsigned char *message, size_t count) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int is_good = context != NULL && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                  EVP_DigestVerify(context, signature, signature_count, message, count) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return is_good;
}

/* ECDSA on P-256 with SHA-256, its two numbers of 32 bytes side by side (RFC 7518 section 3.4) where OpenSSL wants DER. */
static inline int weir_verify_es256(EVP_PKEY *key, const unsigned char *signature, size_t signature_count,
                                    const unsigned char *message, size_t count) {
    if (signature_count != 64) return 0;
    ECDSA_SIG *numbers = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, 32, NULL);
    BIGNUM *s = BN_bin2bn(signature + 32, 32, NULL);
    int is_good = 0;
    /* Takes both numbers over. */
    if (numbers != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(numbers, r, s) == 1) {
        unsigned char *der = NULL;
        int length = i2d_ECDSA_SIG(numbers, &der);
        is_good = length > 0 && weir_verify(key, der, (size_t)length, message, count);
        OPENSSL_free(der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(numbers);
    ERR_clear_error();
    return is_good;
}

#endif
