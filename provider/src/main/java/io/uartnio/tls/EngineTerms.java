package io.uartnio.tls;

import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleSockets;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** What all engines of one SSL context have in common. Safe for any thread. */
final class EngineTerms {

    private static final Logger LOG = System.getLogger(EngineTerms.class.getName());

    /** What a profile stands for that names no cipher suites; {@link TlsProfile.Builder} says so. */
    private static final List<String> USUAL_CIPHER_SUITES =
            List.of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256");

    /** And one that lets the module use versions below TLS 1.2. */
    private static final List<String> USUAL_BEFORE_TLS12 = List.of(
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
            "TLS_RSA_WITH_AES_128_CBC_SHA");

    private static final Set<String> SINCE_TLS12 = Set.of("TLSv1.2", "TLSv1.3");

    private final ModuleSockets sockets;
    private final TlsProfile profile;
    private final Meetings meetings;
    private final SecureRandom random;
    private final AtomicBoolean warned = new AtomicBoolean();

    /**
     * Makes the terms.
     *
     * @param sockets whose channels the engines accept, null for those of every modem of this JVM
     * @param profile how the channels must have been opened
     */
    EngineTerms(ModuleSockets sockets, TlsProfile profile, Meetings meetings, SecureRandom random) {
        this.sockets = sockets;
        this.profile = profile;
        this.meetings = meetings;
        this.random = random;
    }

    TlsProfile profile() {
        return profile;
    }

    /** Returns the versions that the module may use, by the JDK's names. */
    String[] protocols() {
        return profile.protocols().toArray(String[]::new);
    }

    /** Returns the cipher suites that the module may use, by their IANA names. */
    String[] cipherSuites() {
        if (!profile.cipherSuites().isEmpty()) {
            return profile.cipherSuites().toArray(String[]::new);
        }
        boolean old = !SINCE_TLS12.containsAll(profile.protocols());
        return Stream.concat(USUAL_CIPHER_SUITES.stream(), old ? USUAL_BEFORE_TLS12.stream() : Stream.empty())
                .toArray(String[]::new);
    }

    Meeting arrange() {
        return meetings.arrange(random);
    }

    void cancel(Meeting meeting) {
        meetings.cancel(meeting);
    }

    /** Returns what is wrong with a channel that an engine of these terms has met, or null. */
    String whatIsWrongWith(ChannelFacts facts) {
        if (sockets != null && sockets != facts.sockets()) {
            return "channel is another modem's: port=" + facts.sockets().portName() + ", expected="
                    + sockets.portName();
        }
        if (!profile.equals(facts.session().profile())) {
            return "channel was opened with another profile: profile="
                    + facts.session().profile() + ", expected=" + profile;
        }
        return null;
    }

    /** Says, once for all engines of these terms, that nobody compares the host name with the certificate. */
    void warnOfUncheckedHostName(String algorithm) {
        if (warned.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "endpoint identification is asked for and the module does not compare the host name with the"
                            + " certificate; the profile allows that: algorithm={0}, profile={1}",
                    algorithm,
                    profile);
        }
    }
}
