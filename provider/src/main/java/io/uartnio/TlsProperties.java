package io.uartnio;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Reads the properties that {@link TlsProfile#of} lists. For one thread. */
final class TlsProperties {

    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");

    private final Properties properties;
    private final TlsProfile.Builder builder = TlsProfile.builder();

    TlsProperties(Properties properties) {
        this.properties = properties;
    }

    /** Returns the profile, or null if none is described. */
    TlsProfile profile() {
        String anchors = text("TrustAnchors");
        boolean skip = isTrue("InsecureSkipVerification");
        if (anchors == null && !skip) {
            return null;
        }
        if (anchors != null) {
            builder.trustAnchors(Path.of(anchors));
        }
        clientIdentity();
        ifSet("Protocols", names -> builder.protocols(COMMA.split(names, -1)));
        ifSet("CipherSuites", names -> builder.cipherSuites(COMMA.split(names, -1)));
        ifSet(
                "HandshakeTimeoutSeconds",
                value -> builder.handshakeTimeout(Duration.ofSeconds(number("HandshakeTimeoutSeconds", value))));
        ifSet(
                "CloseTimeoutMillis",
                value -> builder.closeTimeout(Duration.ofMillis(number("CloseTimeoutMillis", value))));
        ifTrue("AllowUncheckedHostName", builder::allowUncheckedHostName);
        ifTrue("OmitServerName", builder::omitServerName);
        ifTrue("ResumeSessions", builder::resumeSessions);
        ifTrue("InsecureSkipVerification", builder::insecureSkipVerification);
        ifTrue("InsecureIgnoreValidity", builder::insecureIgnoreValidity);
        ifTrue("InsecureIgnoreChain", builder::insecureIgnoreChain);
        ifTrue("InsecureIgnoreSignatures", builder::insecureIgnoreSignatures);
        return builder.build();
    }

    private void clientIdentity() {
        String certificate = text("ClientCertificate");
        String key = text("ClientKey");
        String store = text("ClientKeyStore");
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException(
                    "one property is missing of uartnio.tlsClientCertificate and" + " uartnio.tlsClientKey");
        }
        if (certificate != null && store != null) {
            throw new IllegalArgumentException("client identity is given twice: uartnio.tlsClientKey=" + key
                    + ", uartnio.tlsClientKeyStore=" + store);
        }
        if (certificate != null) {
            builder.clientIdentity(Path.of(certificate), Path.of(key));
        }
        if (store != null) {
            // Not trimmed: a space may be a part of it.
            String password = properties.getProperty("uartnio.tlsClientKeyStorePassword", "");
            builder.clientIdentity(Path.of(store), password.toCharArray());
        }
    }

    private String text(String name) {
        String value = properties.getProperty("uartnio.tls" + name);
        return value == null ? null : value.strip();
    }

    private void ifSet(String name, Consumer<String> setting) {
        String value = text(name);
        if (value != null) {
            setting.accept(value);
        }
    }

    private void ifTrue(String name, Runnable setting) {
        if (isTrue(name)) {
            setting.run();
        }
    }

    /** Takes nothing for true that may have been meant otherwise. */
    private boolean isTrue(String name) {
        String value = text(name);
        if (value != null && !value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException("property is neither true nor false: uartnio.tls" + name + "=" + value);
        }
        return "true".equals(value);
    }

    private static long number(String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("property is not a number: uartnio.tls" + name + "=" + value, e);
        }
    }
}
