package io.uartnio;

/**
 * What can truthfully be said of a connection on which the module runs TLS. The module shows neither the server's
 * certificates nor what was negotiated; where the module was told exactly one version or cipher suite, a connection
 * that opened has that one.
 *
 * @param profile the profile that the connection was opened with
 * @param protocol the JDK's name of the version, such as {@code TLSv1.2}, or null if it is not known
 * @param cipherSuite the IANA name of the cipher suite, or null if it is not known
 */
public record TlsSessionInfo(TlsProfile profile, String protocol, String cipherSuite) {}
