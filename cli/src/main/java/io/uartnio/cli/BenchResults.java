package io.uartnio.cli;

import io.uartnio.AccessMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All figures of one measurement, as they come. Used by the thread that measures. */
final class BenchResults {

    private final Map<String, Object> machine = Machine.describe();
    private final List<Goodput> goodputs = new ArrayList<>();
    private final List<Connect> connects = new ArrayList<>();
    private final List<Latency> latencies = new ArrayList<>();
    private final List<Goodput> scaling = new ArrayList<>();
    private String module = "";

    Map<String, Object> machine() {
        return machine;
    }

    List<Goodput> goodputs() {
        return goodputs;
    }

    List<Connect> connects() {
        return connects;
    }

    List<Latency> latencies() {
        return latencies;
    }

    /** Returns one modem beside several: for each direction the one, then the several. */
    List<Goodput> scaling() {
        return scaling;
    }

    String module() {
        return module;
    }

    void setModule(String name) {
        module = name;
    }

    Map<String, Object> toMap(BenchSettings settings) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("machine", machine);
        all.put("module", module);
        all.put("played", settings.module().isPlayed());
        all.put("tls", settings.tls());
        all.put("mux", settings.module().mux());
        all.put(
                "accessModes",
                settings.accessModes().stream().map(AccessMode::name).toList());
        all.put("turnAroundMillis", settings.turnAroundMillis());
        all.put("goodput", goodputs.stream().map(Goodput::toMap).toList());
        all.put("connect", connects.stream().map(Connect::toMap).toList());
        all.put("latency", latencies.stream().map(Latency::toMap).toList());
        all.put("modems", scaling.stream().map(Goodput::toMap).toList());
        return all;
    }

    /**
     * One run.
     *
     * @param baudRate of each line
     * @param accessMode how received data crossed it
     * @param modems how many lines
     * @param sockets of all modems together
     * @param payload bytes a write
     * @param bytes that crossed
     * @param seconds from the first arrival to the last
     * @param bytesPerSecond in that time, of all sockets
     * @param ofLimit share of the framing limit of all lines
     * @param jain fairness
     * @param cpuMillisPerMegabyte of this process; 1 MB is 1,000,000 bytes
     * @param cpuShare of one processor
     * @param heapBytes after a collection, sockets open
     */
    record Goodput(
            int baudRate,
            AccessMode accessMode,
            int modems,
            int sockets,
            int payload,
            Direction direction,
            long bytes,
            double seconds,
            double bytesPerSecond,
            double ofLimit,
            double jain,
            double cpuMillisPerMegabyte,
            double cpuShare,
            long heapBytes) {

        static Goodput of(
                BenchClient.Transfer transfer,
                BenchSettings settings,
                int baudRate,
                AccessMode accessMode,
                int modems,
                int payload,
                Direction direction) {
            double rate = transfer.bytesPerSecond();
            double limit =
                    FramingLimit.of(direction, settings.tls(), settings.module().mux()) * modems;
            return new Goodput(
                    baudRate,
                    accessMode,
                    modems,
                    transfer.sockets(),
                    payload,
                    direction,
                    transfer.bytes(),
                    transfer.crossingNanos() / 1e9,
                    rate,
                    FramingLimit.lineShare(rate, baudRate) / limit,
                    transfer.jain(),
                    (double) transfer.cpuNanos() / transfer.bytes(),
                    (double) transfer.cpuNanos() / transfer.nanos(),
                    Machine.heapBytesAfterCollection());
        }

        /** Says whether another run differs from this one by nothing but its access mode. */
        boolean isLike(Goodput other) {
            return baudRate == other.baudRate
                    && modems == other.modems
                    && sockets == other.sockets
                    && payload == other.payload
                    && direction == other.direction;
        }

        Map<String, Object> toMap() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("baudRate", baudRate);
            fields.put("accessMode", accessMode.name());
            fields.put("modems", modems);
            fields.put("sockets", sockets);
            fields.put("payloadBytes", payload);
            fields.put("direction", direction.toString());
            fields.put("bytes", bytes);
            fields.put("seconds", seconds);
            fields.put("bytesPerSecond", bytesPerSecond);
            fields.put("ofFramingLimit", ofLimit);
            fields.put("jain", jain);
            fields.put("cpuMillisPerMegabyte", cpuMillisPerMegabyte);
            fields.put("cpuShareOfOneProcessor", cpuShare);
            fields.put("heapBytesAfterCollection", heapBytes);
            return fields;
        }
    }

    /**
     * How long connects and small exchanges took under a load.
     *
     * @param load what the other sockets did
     * @param others how many they were
     */
    record Connect(
            int baudRate, AccessMode accessMode, BulkLoad.Kind load, int others, Latency connect, Latency exchange) {

        Map<String, Object> toMap() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("baudRate", baudRate);
            fields.put("accessMode", accessMode.name());
            fields.put("load", load.toString());
            fields.put("otherSockets", others);
            fields.put("connect", connect.toMap());
            fields.put("exchange", exchange.toMap());
            return fields;
        }
    }

    /**
     * How long one path took.
     *
     * @param path what was measured
     * @param samples how often
     */
    record Latency(
            String path, int samples, double medianMicros, double p90Micros, double p99Micros, double maxMicros) {

        /** Sums up samples in nanoseconds. */
        static Latency of(String path, long[] nanos) {
            long[] sorted = nanos.clone();
            Arrays.sort(sorted);
            return new Latency(
                    path,
                    sorted.length,
                    quantile(sorted, 0.5),
                    quantile(sorted, 0.9),
                    quantile(sorted, 0.99),
                    sorted[sorted.length - 1] / 1e3);
        }

        private static double quantile(long[] sorted, double share) {
            return sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))] / 1e3;
        }

        Map<String, Object> toMap() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("path", path);
            fields.put("samples", samples);
            fields.put("medianMicros", medianMicros);
            fields.put("p90Micros", p90Micros);
            fields.put("p99Micros", p99Micros);
            fields.put("maxMicros", maxMicros);
            return fields;
        }
    }
}
