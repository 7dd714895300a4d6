package io.uartnio.emulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The items of {@code AT+QICFG}, never saved. Those that concern the radio, keep-alive probes and repeated segments are
 * kept and answered but have nothing to act on here. Values whose effect is not known to the byte are refused:
 * {@code dataformat} takes text only, {@code sendinfo} only 0, {@code udp/readmode} and {@code udp/sendmode} only whole
 * datagrams (0), {@code tcp/accept} only 1. Written by the command threads.
 */
final class TcpSettings {

    /** One value of an item. */
    private record Value(int min, int max, int initial) {}

    private static final Map<String, List<Value>> ITEMS = new LinkedHashMap<>();

    private static final Value SWITCH = new Value(0, 1, 0);

    private static final Value ONLY_0 = new Value(0, 0, 0);

    static {
        ITEMS.put("transpktsize", List.of(new Value(1, 1460, 1024)));
        ITEMS.put("transwaittm", List.of(new Value(0, 20, 2)));
        ITEMS.put("dataformat", List.of(ONLY_0, ONLY_0));
        ITEMS.put("viewmode", List.of(SWITCH));
        ITEMS.put("udp/sendmode", List.of(ONLY_0));
        ITEMS.put("udp/readmode", List.of(ONLY_0));
        ITEMS.put("tcp/accept", List.of(new Value(1, 1, 1)));
        ITEMS.put("passiveclosed", List.of(SWITCH));
        ITEMS.put("tcp/twrecycle", List.of(SWITCH));
        ITEMS.put("close/mode", List.of(SWITCH));
        ITEMS.put("pdp/retry", List.of(SWITCH));
        ITEMS.put("recvind", List.of(SWITCH));
        ITEMS.put("sendinfo", List.of(ONLY_0));
        ITEMS.put(
                "tcp/keepalive", List.of(SWITCH, new Value(1, 1800, 120), new Value(25, 100, 75), new Value(3, 10, 3)));
        ITEMS.put("tcp/retranscfg", List.of(new Value(3, 12, 8), new Value(5, 60, 6)));
        ITEMS.put("send/auto", List.of(SWITCH));
        ITEMS.put("recv/ignore", List.of(SWITCH));
        ITEMS.put("formatcfg", List.of(SWITCH));
        ITEMS.put("qisend/timeout", List.of(new Value(0, 120, 5)));
        ITEMS.put("send/buffersize", List.of(new Value(1460, 10_240, 10_240)));
        ITEMS.put("tcp/sendmode", List.of(new Value(0, 4, 0)));
        ITEMS.put("wakeup/data", List.of(SWITCH));
    }

    private final EmulatorOptions options;
    private final Map<String, List<Integer>> values = new ConcurrentHashMap<>();
    private volatile PromptForm prompt;

    TcpSettings(EmulatorOptions options) {
        this.options = options;
        reset();
    }

    void reset() {
        ITEMS.forEach((name, item) ->
                values.put(name, item.stream().map(Value::initial).toList()));
        values.put("send/buffersize", List.of(options.sendBufferBytes));
        prompt = options.prompt;
    }

    static boolean isItem(String name) {
        return ITEMS.containsKey(name);
    }

    /** Sets the first values of an item from the arguments behind its name; the rest keep theirs. */
    synchronized void set(String name, AtCommand command) {
        List<Value> item = ITEMS.get(name);
        command.count(2, 1 + item.size());
        List<Integer> changed = new ArrayList<>(values.get(name));
        for (int i = 0; i + 1 < command.count(); i++) {
            changed.set(i, command.number(i + 1, item.get(i).min(), item.get(i).max()));
        }
        values.put(name, List.copyOf(changed));
        if (name.equals("formatcfg")) {
            prompt = changed.get(0) == 0 ? PromptForm.BARE : PromptForm.CRLF;
        }
    }

    int number(String name) {
        return values.get(name).get(0);
    }

    boolean flag(String name) {
        return number(name) == 1;
    }

    List<Integer> all(String name) {
        return values.get(name);
    }

    /** Returns the prompt: the knob's until {@code formatcfg} has been set. */
    PromptForm prompt() {
        return prompt;
    }
}
