package io.uartnio.conformance;

import java.util.Arrays;
import java.util.Optional;

/**
 * The tests of Netty's suite that are not passed over a module, each with the command that is missing; {@code
 * docs/deviations.md} says the same of the channel. They are not run over one, and nothing else is left out.
 */
enum Deviation {
    /** The client sends a FIN and goes on reading. */
    FIN_OF_OUR_OWN(
            ShutdownOutputBySelfTest.class,
            "testShutdownOutput",
            "no command sends only a FIN: AT+QICLOSE ends both directions"),

    /** The peer sends a FIN and goes on reading. */
    WRITE_AFTER_PEERS_FIN(
            HalfClosedTest.class,
            "testHalfClosureReceiveDataOnFinalWait2StateWhenSoLingerSet",
            "no command sends on a socket that the peer has closed in one direction: after +QIURC: \"closed\" its state"
                    + " is 4 (closing) and AT+QISEND is refused"),

    /** The client closes with SO_LINGER 0, and the server's next write must fail. */
    RST_OF_OUR_OWN(
            HalfClosedTest.class,
            "testAutoCloseFalseDoesShutdownOutput",
            "no command resets a connection: AT+QICLOSE sends a FIN"),

    /** The server resets the connection, and the client must see an exception. */
    RST_OF_THE_PEER(
            RstTest.class,
            "testSoLingerZeroCausesOnlyRstOnClose",
            "no command tells a reset from an end of stream: +QIURC: \"closed\" stands for both"),

    /** The server takes each of its reads for whole messages of 1 KiB, of which the client flushes two at once. */
    MORE_THAN_A_SEGMENT(
            TrafficShapingTest.class,
            "testNoTrafficShapping",
            "no command sends more than 1460 bytes: AT+QISEND splits 2048 in two, as a network with an MTU of 1500 does");

    private final Class<?> testClass;
    private final String testMethod;
    private final String missing;

    Deviation(Class<?> testClass, String testMethod, String missing) {
        this.testClass = testClass;
        this.testMethod = testMethod;
        this.missing = missing;
    }

    /** Finds the deviation that a test would run into. */
    static Optional<Deviation> of(Class<?> testClass, String testMethod) {
        return Arrays.stream(values())
                .filter(known -> known.testClass == testClass && known.testMethod.equals(testMethod))
                .findAny();
    }

    Class<?> testClass() {
        return testClass;
    }

    String testMethod() {
        return testMethod;
    }

    /** Which command is missing. */
    String missing() {
        return missing;
    }
}
