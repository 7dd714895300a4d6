package io.uartnio.cli;

import io.uartnio.AccessMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the options of {@code uartnio bench} come to.
 *
 * @param parts what to measure
 * @param module which module, and the server it connects to
 * @param baudRates in bits a second, at least one
 * @param sockets 1 to 12 each, at least one
 * @param payloads bytes a write, at least one
 * @param all true for every combination of the three, false for each varied by itself around the others' last
 * @param accessModes how received data crosses the line, at least one
 * @param tls true for TLS by the module, false for plain TCP
 * @param modems how many to measure together; 1 for no such part
 * @param seconds about how long each direction is to take
 * @param samples how many latencies to take on each path
 * @param connects how many connects to take under each load
 * @param turnAroundMillis what the played module waits before each prompt and result
 * @param trace or null
 * @param json a file, "-" for standard output, or null
 * @param html a file or null
 * @param timeoutSeconds for all of it
 * @param verbose true for the log and stack traces
 */
record BenchSettings(
        Set<BenchPart> parts,
        ModuleSettings module,
        List<Integer> baudRates,
        List<Integer> sockets,
        List<Integer> payloads,
        boolean all,
        List<AccessMode> accessModes,
        boolean tls,
        int modems,
        double seconds,
        int samples,
        int connects,
        long turnAroundMillis,
        Path trace,
        String json,
        Path html,
        long timeoutSeconds,
        boolean verbose) {

    /** Returns the highest rate, which is the played module's at its start. */
    int fastest() {
        return baudRates.stream().mapToInt(Integer::intValue).max().orElseThrow();
    }

    int mostSockets() {
        return sockets.stream().mapToInt(Integer::intValue).max().orElseThrow();
    }

    /** Returns what the sockets are and how their data crosses the line, in words. */
    String socketWords() {
        return (tls ? "TLS by the module" : "plain TCP") + ", " + accessModeWords()
                + (module.mux() ? ", multiplexed" : "");
    }

    /** Returns the access modes as they are written on the command line. */
    private String accessModeWords() {
        return accessModes.stream().map(AccessModes::word).collect(Collectors.joining(", "));
    }

    boolean jsonOnStandardOutput() {
        return "-".equals(json);
    }

    /** Says whether a combination is to be measured. */
    boolean includes(int baudRate, int socketCount, int payload) {
        int others = (baudRate == last(baudRates) ? 0 : 1)
                + (socketCount == last(sockets) ? 0 : 1)
                + (payload == last(payloads) ? 0 : 1);
        return all || others <= 1;
    }

    private static int last(List<Integer> list) {
        return list.get(list.size() - 1);
    }
}
