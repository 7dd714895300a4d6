package io.uartnio.emulator;

import java.util.ArrayList;
import java.util.List;

/** The PDP contexts 1 to 15 of {@code AT+QICSGP}. Set by the command threads; the network may end one at any time. */
final class PdpContexts {

    /** The highest number of a context, after the SSL note. */
    static final int CONTEXTS = 15;

    private static final class Context {
        String dnsServers = "\"8.8.8.8\",\"8.8.4.4\"";
        String configuration = "1,\"\",\"\",\"\",0";
        boolean active;
        /** Lost by the network: must be deactivated before it can be active again. */
        boolean lost;
    }

    private final Context[] contexts = new Context[CONTEXTS + 1];

    PdpContexts() {
        boot();
    }

    synchronized void boot() {
        for (int i = 1; i <= CONTEXTS; i++) {
            contexts[i] = new Context();
        }
    }

    synchronized void configure(int id, String configuration) {
        contexts[id].configuration = configuration;
    }

    synchronized String dnsServers(int id) {
        return contexts[id].dnsServers;
    }

    synchronized void setDnsServers(int id, String servers) {
        contexts[id].dnsServers = servers;
    }

    synchronized String configuration(int id) {
        return contexts[id].configuration;
    }

    synchronized boolean isActive(int id) {
        return contexts[id].active;
    }

    /** Activates a context; returns false if it is active already, or lost and not yet deactivated. */
    synchronized boolean activate(int id) {
        boolean possible = !contexts[id].active && !contexts[id].lost;
        if (possible) {
            contexts[id].active = true;
        }
        return possible;
    }

    synchronized void deactivate(int id) {
        contexts[id].active = false;
        contexts[id].lost = false;
    }

    /** The network takes a context away; returns false if it was not active. */
    synchronized boolean lose(int id) {
        boolean wasActive = contexts[id].active;
        contexts[id].lost |= wasActive;
        contexts[id].active = false;
        return wasActive;
    }

    /** Returns the lines of {@code AT+QIACT?}. */
    synchronized List<String> activeLines() {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= CONTEXTS; i++) {
            if (contexts[i].active) {
                lines.add("+QIACT: " + i + ",1,1,\"10.7.157." + i + "\"");
            }
        }
        return lines;
    }
}
