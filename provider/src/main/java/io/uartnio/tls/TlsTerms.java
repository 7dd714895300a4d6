package io.uartnio.tls;

import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleSockets;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/** What all engines of one SSL context, or all sockets of one factory, have in common. Safe for any thread. */
final class TlsTerms {

    private static final Logger LOG = System.getLogger(TlsTerms.class.getName());

    private final ModuleSockets sockets;
    private final TlsProfile profile;
    private final Meetings meetings;
    private final SecureRandom random;
    private final AtomicBoolean warned = new AtomicBoolean();

    /**
     * Makes the terms.
     *
     * @param sockets whose channels are accepted, null for those of every modem of this JVM
     * @param profile how the channels must have been opened
     */
    TlsTerms(ModuleSockets sockets, TlsProfile profile, Meetings meetings, SecureRandom random) {
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
        return profile.protocols().stream()
                .flatMap(protocol -> TlsProfile.safeCipherSuites(protocol).stream())
                .distinct()
                .toArray(String[]::new);
    }

    Meeting arrange() {
        return meetings.arrange(random);
    }

    void cancel(Meeting meeting) {
        meetings.cancel(meeting);
    }

    /** Returns what is wrong with a channel that was met, or null. */
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

    /** Says, once for all who have these terms, that nobody compares the host name with the certificate. */
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
