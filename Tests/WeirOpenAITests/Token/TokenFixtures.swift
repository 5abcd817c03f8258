@testable import WeirOpenAI

/// Tokens that PyJWT made, of one payload:
///
///     {"sub":"ann","iss":"https://id.example","aud":["weir","other"],"exp":2000000000,"nbf":1000000000,
///      "app":{"level":"novice"},"interests":["a,b","c"]}
enum TokenFixtures {
    static let secret = "correct horse battery staple, and more"

    static let hs256 = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbm4iLCJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOls\
        id2VpciIsIm90aGVyIl0sImV4cCI6MjAwMDAwMDAwMCwibmJmIjoxMDAwMDAwMDAwLCJhcHAiOnsibGV2ZWwiOiJub3ZpY2UifSw\
        iaW50ZXJlc3RzIjpbImEsYiIsImMiXX0.J3f9-y37XYIfTg4jBckD5rRaceB9iUyblhzPyIGpkgY
        """

    static let rs256 = """
        eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbm4iLCJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOls\
        id2VpciIsIm90aGVyIl0sImV4cCI6MjAwMDAwMDAwMCwibmJmIjoxMDAwMDAwMDAwLCJhcHAiOnsibGV2ZWwiOiJub3ZpY2UifSw\
        iaW50ZXJlc3RzIjpbImEsYiIsImMiXX0.Z0LOfjfB1EPA0k-p2Rr4TSq0KJ9vz1uYphYp_J871q1I5RxAckfbqXG2N_vpv1ZursN\
        V0-kT_ZeXouQW6SLHiZkJAEVV9I64B-moKJBQBaJoselXThNm1t_sGtfC2lKp30p4jadler27LZoy4AVf94nVnY7aclR_FXdHFRK\
        rj7aGa_Dt_2en2o37nFMNteRTe8_PKva91KxsHD2hfycAVXXn-hRG8SEfH74gEwJfvCNSJNMhDKvmzzuREn1PHo6EoM1JDk_537O\
        jl_rbzaf_tJeHMEf4PgYgYM5NP2CqVkwmFjHE9kGzFwI7vZq8qr5aXYuWmkmKKXc0vxpkjrjNuA
        """

    static let es256 = """
        eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbm4iLCJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOls\
        id2VpciIsIm90aGVyIl0sImV4cCI6MjAwMDAwMDAwMCwibmJmIjoxMDAwMDAwMDAwLCJhcHAiOnsibGV2ZWwiOiJub3ZpY2UifSw\
        iaW50ZXJlc3RzIjpbImEsYiIsImMiXX0.9oTL00WI2hDQiYAG2LpRQDB69981uuqkjcaTSIehB92onVI40lX3jo5xKg90jre2Q_S\
        uyK3shWkBVllvtBUp4A
        """

    /// `{"sub":"mallory"}`, by HS256 with the text of ``rsaKey``, its last line break included, as the secret.
    static let signedWithThePublicKey = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJtYWxsb3J5In0.UhLOMHnsFLJ2c03Ud2MrJEioQEuFOBjm0GzLDbj\
        QWqA
        """

    static let rsaKey = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyL+XkxxPTSUcYGpnwinb
        HM7FXuHf61Uz0/rhweLgCSshA6OyIRYP3rbdpXb+UzaaBVIyIX+YZ069H0Aw0xnC
        V2bQZQlt8JXhgtH+8sLv1jmPYkCKMy7vNisIaCxY5fJr4WuFGrtpb4QtXaWNOzm0
        tmR0f8UGty0HxRZLstFVDwf/426g3/gx1/AUYtbyhzqjb/hpLyl3AgoCvdfg174f
        pjj5VQ3vPkoYUH3d1rgLEyF8ltwhzychA0Ja5BfruAsnMGAD0zcUkn6PWyGQgEAf
        mQ+pha+dyOT3/htVMp6sW4Fz+6BBHQ5pc2HwzK5nxIYTRHxOvTp2Wgk4V1S5criy
        gQIDAQAB
        -----END PUBLIC KEY-----

        """

    static let curveKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEX/M7cGaNSuuhyOVFuWsrOn+L9N9v
        Hs0zmGXi609nS4GZE00lL+xmSay0hO5Vwhz5O8g+5zm3nI+Aine/fcCNXg==
        -----END PUBLIC KEY-----

        """

    /// Of 1024 bits.
    static let weakKey = """
        -----BEGIN PUBLIC KEY-----
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDEVNsFjqbQjCDzgTjTEvS3RRdV
        dSIYm6Nu0D5/oJqiwd+x1ZBbNLe2sGP5akag5/vt6gdTvLHboLWj+wk5vt4Ql5Tb
        o6qreaoO+CY8ErT/EfZs4dWjZ3qu5R/CecbPzo2zqaR4vVkORcdvSgIxUJZYEnMW
        C8md1zj+JlafGMBuKQIDAQAB
        -----END PUBLIC KEY-----

        """

    /// On P-384.
    static let otherCurveKey = """
        -----BEGIN PUBLIC KEY-----
        MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEKbU9JSRD6mgg9h0kpbnehWBep135zkop
        stzFCbM1C4/EJmiPnDLgD7czS16Avc8x8fdN2Q23JUDBIPODdTxg+CJSRb35NXeq
        fDY58XJujpmSjFzBgmtEv/XLPtfm6SSN
        -----END PUBLIC KEY-----

        """

    static let keys: [TokenKey] = [
        TokenSecret(secret).map { .secret($0) },
        PublicKey(pem: rsaKey).map { .publicKey($0) },
        PublicKey(pem: curveKey).map { .publicKey($0) },
    ].compactMap { $0 }
}
