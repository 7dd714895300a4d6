package io.uartnio.emulator;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Judges a server as the module does, and no better: a chain to one of the uploaded certificates, valid by the
 * module's own clock if that is asked for, and never the host name. It is the extended kind of trust manager, for the
 * JDK would wrap any other in checks of its own.
 */
final class ModuleTrustManager extends X509ExtendedTrustManager {

    private final SslSettings settings;
    private final List<X509Certificate> trusted;
    private final Supplier<Instant> moduleTime;

    ModuleTrustManager(SslSettings settings, List<X509Certificate> trusted, Supplier<Instant> moduleTime) {
        this.settings = settings;
        this.trusted = trusted;
        this.moduleTime = moduleTime;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (settings.number("seclevel") == 0) {
            return;
        }
        boolean anyLink = settings.flag("ignoremulticertchainverify");
        X509Certificate previous = null;
        for (X509Certificate certificate : chain) {
            checkTime(certificate);
            if (previous != null && !anyLink) {
                checkIssuer(previous, certificate);
            }
            if (isAnchored(certificate)) {
                return;
            }
            previous = certificate;
        }
        throw new CertificateException("no trusted certificate at the end of the chain");
    }

    private boolean isAnchored(X509Certificate certificate) throws CertificateException {
        for (X509Certificate anchor : trusted) {
            if (anchor.equals(certificate)) {
                return true;
            }
            if (anchor.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
                    && isSigned(certificate, anchor)) {
                checkTime(anchor);
                return true;
            }
        }
        return false;
    }

    private void checkIssuer(X509Certificate certificate, X509Certificate issuer) throws CertificateException {
        boolean named = issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
        if (!named || issuer.getBasicConstraints() < 0 || !isSigned(certificate, issuer)) {
            throw new CertificateException("chain is broken");
        }
    }

    private boolean isSigned(X509Certificate certificate, X509Certificate issuer) {
        if (settings.flag("ignoreinvalidcertsign")) {
            return true;
        }
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private void checkTime(X509Certificate certificate) throws CertificateException {
        if (!settings.flag("ignorelocaltime")) {
            certificate.checkValidity(Date.from(moduleTime.get()));
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("the module is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("the module is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("the module is no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trusted.toArray(X509Certificate[]::new);
    }
}
