package io.uartnio.tls;

import java.lang.reflect.Method;
import java.net.IDN;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;

/**
 * What a caller wants of an engine, and what is wrong with it: whatever the module cannot do or cannot tell fails the
 * handshake, because it was asked for a reason. Not safe for several threads: the engine guards it.
 */
final class EngineParameters {

    /** By the JDK's names. To enable one that the module does not have is no mistake; to have no other is. */
    private static final Set<String> KNOWN_PROTOCOLS =
            Set.of("SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");

    private static final String CIPHER_SUITE_FORM = "(TLS|SSL)_[A-Z0-9]+(_[A-Z0-9]+)*";

    /** Getters that {@link SSLParameters} has got since 17, with their setters, where this JVM has them. */
    private static final Map<Method, Method> LATER = later("NamedGroups", "SignatureSchemes");

    private final SSLParameters wanted = new SSLParameters();
    private boolean sessionCreation = true;

    EngineParameters(String[] cipherSuites, String[] protocols) {
        wanted.setCipherSuites(cipherSuites);
        wanted.setProtocols(protocols);
    }

    private static Map<Method, Method> later(String... properties) {
        Map<Method, Method> found = new HashMap<>();
        for (String property : properties) {
            try {
                found.put(
                        SSLParameters.class.getMethod("get" + property),
                        SSLParameters.class.getMethod("set" + property, String[].class));
            } catch (NoSuchMethodException e) {
                // This JVM is older, so nobody can ask for it.
            }
        }
        return found;
    }

    private static String[] later(Method getter, SSLParameters from) {
        try {
            return (String[]) getter.invoke(from);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("getter of the JDK fails: method=" + getter.getName(), e);
        }
    }

    private static void setLater(Method setter, SSLParameters to, String[] names) {
        try {
            setter.invoke(to, (Object) names);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("setter of the JDK fails: method=" + setter.getName(), e);
        }
    }

    // ------------------------------------------------------------------ asking

    /** Takes over what is set; null means unchanged, as it does for the JDK's engines. */
    void set(SSLParameters params) {
        if (params.getCipherSuites() != null) {
            setCipherSuites(params.getCipherSuites());
        }
        if (params.getProtocols() != null) {
            setProtocols(params.getProtocols());
        }
        copyRest(params, wanted);
    }

    /** Returns a copy. */
    SSLParameters get() {
        SSLParameters copy = new SSLParameters(wanted.getCipherSuites(), wanted.getProtocols());
        copyRest(wanted, copy);
        return copy;
    }

    private static void copyRest(SSLParameters from, SSLParameters to) {
        // One takes the other back.
        to.setWantClientAuth(from.getWantClientAuth());
        if (from.getNeedClientAuth()) {
            to.setNeedClientAuth(true);
        }
        if (from.getAlgorithmConstraints() != null) {
            to.setAlgorithmConstraints(from.getAlgorithmConstraints());
        }
        if (from.getEndpointIdentificationAlgorithm() != null) {
            to.setEndpointIdentificationAlgorithm(from.getEndpointIdentificationAlgorithm());
        }
        if (from.getServerNames() != null) {
            to.setServerNames(from.getServerNames());
        }
        if (from.getSNIMatchers() != null) {
            to.setSNIMatchers(from.getSNIMatchers());
        }
        to.setApplicationProtocols(from.getApplicationProtocols());
        to.setUseCipherSuitesOrder(from.getUseCipherSuitesOrder());
        to.setEnableRetransmissions(from.getEnableRetransmissions());
        to.setMaximumPacketSize(from.getMaximumPacketSize());
        for (Map.Entry<Method, Method> property : LATER.entrySet()) {
            String[] names = later(property.getKey(), from);
            if (names != null) {
                setLater(property.getValue(), to, names);
            }
        }
    }

    String[] cipherSuites() {
        return wanted.getCipherSuites();
    }

    void setCipherSuites(String[] names) {
        for (String name : checked(names)) {
            if (!name.matches(CIPHER_SUITE_FORM)) {
                throw new IllegalArgumentException("no name of a cipher suite: cipherSuite=" + name);
            }
        }
        wanted.setCipherSuites(names);
    }

    String[] protocols() {
        return wanted.getProtocols();
    }

    void setProtocols(String[] names) {
        for (String name : checked(names)) {
            if (!KNOWN_PROTOCOLS.contains(name)) {
                throw new IllegalArgumentException("no version of TLS: protocol=" + name);
            }
        }
        wanted.setProtocols(names);
    }

    private static String[] checked(String[] names) {
        if (names == null || Arrays.asList(names).contains(null)) {
            throw new IllegalArgumentException("names must not be null");
        }
        return names;
    }

    boolean needClientAuth() {
        return wanted.getNeedClientAuth();
    }

    void setNeedClientAuth(boolean need) {
        wanted.setNeedClientAuth(need);
    }

    boolean wantClientAuth() {
        return wanted.getWantClientAuth();
    }

    void setWantClientAuth(boolean want) {
        wanted.setWantClientAuth(want);
    }

    boolean sessionCreation() {
        return sessionCreation;
    }

    void setSessionCreation(boolean mayCreate) {
        sessionCreation = mayCreate;
    }

    /** Returns how much payload the largest record may have. */
    int maxPayloadBytes() {
        int packet = wanted.getMaximumPacketSize();
        int largest = PseudoRecord.MAX_PAYLOAD_BYTES;
        return packet == 0 ? largest : Math.max(1, Math.min(largest, packet - PseudoRecord.HEADER_BYTES));
    }

    // ------------------------------------------------------------------ judging

    /** Returns what the module cannot do whatever the channel is, or null. */
    String whatIsWrong(TlsTerms terms) {
        if (needClientAuth()) {
            return "a client cannot demand a client certificate";
        }
        if (!sessionCreation) {
            return "a session must not be created, and the module does not say whether it resumes one";
        }
        if (wanted.getAlgorithmConstraints() != null) {
            return "module cannot be given algorithm constraints: constraints=" + wanted.getAlgorithmConstraints();
        }
        for (Method getter : LATER.keySet()) {
            if (later(getter, wanted) != null) {
                return "module cannot be given what is asked for: parameter="
                        + getter.getName().substring("get".length()) + ", value="
                        + Arrays.toString(later(getter, wanted));
            }
        }
        if (isEndpointToBeIdentified() && !terms.profile().isUncheckedHostNameAllowed()) {
            return "module does not compare the host name with the certificate, and the profile does not say"
                    + " allowUncheckedHostName: algorithm=" + wanted.getEndpointIdentificationAlgorithm();
        }
        if (!containsAny(terms.protocols(), wanted.getProtocols())) {
            return noneEnabled("protocols", terms.protocols(), wanted.getProtocols());
        }
        return containsAny(terms.cipherSuites(), wanted.getCipherSuites())
                ? null
                : noneEnabled("cipher suites", terms.cipherSuites(), wanted.getCipherSuites());
    }

    private static String noneEnabled(String what, String[] ofProfile, String[] enabled) {
        return "none of the " + what + " that the profile gives the module is enabled: profile="
                + Arrays.toString(ofProfile) + ", enabled=" + Arrays.toString(enabled);
    }

    /** Returns what is not as it was asked for on a channel, or null. */
    String whatIsWrong(TlsTerms terms, ChannelFacts facts, String peerHost) {
        String wrong = notEnabled("protocol", facts.session().protocol(), terms.protocols(), wanted.getProtocols());
        if (wrong == null) {
            wrong = notEnabled(
                    "cipher suite", facts.session().cipherSuite(), terms.cipherSuites(), wanted.getCipherSuites());
        }
        if (wrong != null) {
            return wrong;
        }
        for (String name : hostNames(peerHost)) {
            if (!normal(name).equals(normal(facts.host()))) {
                return "channel is connected to another host: host=" + facts.host() + ", expected=" + name;
            }
        }
        return null;
    }

    /** Where the module does not tell what it uses, it may be anything that the profile lets it use. */
    private static String notEnabled(String what, String used, String[] ofProfile, String[] enabled) {
        String[] possible = used == null ? ofProfile : new String[] {used};
        String other = firstNotIn(possible, enabled);
        return other == null
                ? null
                : "module " + (used == null ? "may use" : "uses") + " a " + what + " that is not enabled: used=" + other
                        + ", enabled=" + Arrays.toString(enabled);
    }

    boolean isEndpointToBeIdentified() {
        String algorithm = wanted.getEndpointIdentificationAlgorithm();
        return algorithm != null && !algorithm.isEmpty();
    }

    String endpointIdentificationAlgorithm() {
        return wanted.getEndpointIdentificationAlgorithm();
    }

    /** The host that the engine was made for and the names that the server was to be told. */
    private List<String> hostNames(String peerHost) {
        List<String> names = new ArrayList<>();
        if (peerHost != null) {
            names.add(peerHost);
        }
        if (wanted.getServerNames() != null) {
            for (SNIServerName name : wanted.getServerNames()) {
                names.add(name instanceof SNIHostName host ? host.getAsciiName() : name.toString());
            }
        }
        return names;
    }

    /** As names are compared: without regard to case, to the root's dot and to the letters of other scripts. */
    private static String normal(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        String name = bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
        try {
            name = IDN.toASCII(name);
        } catch (IllegalArgumentException e) {
            // Compared as it is.
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private static boolean contains(String[] names, String name) {
        return firstNotIn(new String[] {name}, names) == null;
    }

    private static boolean containsAny(String[] some, String[] names) {
        return Arrays.stream(some).anyMatch(name -> contains(names, name));
    }

    private static String firstNotIn(String[] some, String[] names) {
        for (String name : some) {
            if (Arrays.stream(names).noneMatch(known -> sameName(known, name))) {
                return name;
            }
        }
        return null;
    }

    /** The JDK has kept SSL's name for the suites that were there before TLS. */
    private static boolean sameName(String one, String other) {
        return one.replaceFirst("^SSL_", "TLS_").equals(other.replaceFirst("^SSL_", "TLS_"));
    }
}
