package io.uartnio.benchmarks;

import java.io.IOException;

/** What {@code java -jar benchmarks.jar} runs: JMH with its own command line. */
public final class Main {

    private Main() {}

    /**
     * Runs JMH.
     *
     * @throws IOException if JMH cannot read its lists of benchmarks
     */
    public static void main(String[] arguments) throws IOException {
        org.openjdk.jmh.Main.main(arguments);
    }
}
