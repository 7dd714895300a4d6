package io.uartnio.module.quectel.ec200x;

import io.uartnio.ModemException;
import io.uartnio.TlsProfile;
import io.uartnio.at.AtCommand;
import io.uartnio.at.AtException;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The module's six SSL contexts, shared out by what the module is to be told: a context's settings count for every
 * socket opened with it, so they are written once and a context is given to something else only while no socket uses
 * it, the one that was used least recently first (SSL application note 2.2.1). Lane thread.
 *
 * <p>Every item is written, those too whose value is the factory's: an earlier host may have left another. And because
 * the module "releases" a context with its last connection (2.2.5), and does not say what is left of it, a context that
 * nobody used for a while is looked at before it is used again.
 */
final class TlsContexts {

    static final int COUNT = 6;

    private static final String SECURITY_LEVEL = "seclevel";
    private static final String CIPHER_SUITE = "ciphersuite";
    private static final String SESSION_CACHE = "session_cache";
    private static final String LONGEST_NEGOTIATION_SECONDS = "300";

    /**
     * Values that a module need not know: without the item it cannot do what they turn off. Those of the other items
     * must be taken.
     */
    private static final Map<String, String> DISPENSABLE = Map.of(
            "sni",
            "0",
            SESSION_CACHE,
            "0",
            "closetimemode",
            "0",
            "negotiatetime",
            LONGEST_NEGOTIATION_SECONDS,
            "ignoremulticertchainverify",
            "0",
            "ignoreinvalidcertsign",
            "0");

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("yy/MM/dd,HH:mm:ss");
    private static final long CLOCK_TRUSTED_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final class Context {
        private final int id;
        /** What the module was told, null if that is not known. */
        private Map<String, String> settings;

        private int users;
        private long lastUse;

        Context(int id) {
            this.id = id;
        }
    }

    private final Ec200xCommands commands;
    private final UserFileSystem files;
    private final List<Context> contexts = new ArrayList<>();
    private final Set<String> unknownItems = new HashSet<>();
    private boolean clockSet;
    private long clockNanos;
    private long uses;

    TlsContexts(Ec200xCommands commands) {
        this.commands = commands;
        this.files = new UserFileSystem(commands);
        forget();
    }

    /** Forgets what the module was told; it forgets that itself when it restarts. */
    void forget() {
        files.forget();
        unknownItems.clear();
        clockSet = false;
        contexts.clear();
        for (int id = 0; id < COUNT; id++) {
            contexts.add(new Context(id));
        }
    }

    /**
     * Returns a context that is set up as the profile says and counts one more user of it.
     *
     * @throws ModemException if all six are in use with other settings
     */
    int acquire(TlsProfile profile, TlsAttempt attempt) throws IOException {
        Map<String, String> settings = settings(profile, attempt);
        Context context = find(settings);
        boolean checksTime = settings.get("ignorelocaltime").equals("0");
        if (checksTime) {
            setClock();
        }
        if (!isSetUp(context, settings)) {
            context.settings = null;
            store(profile);
            configure(context.id, settings);
            context.settings = settings;
        }
        context.users++;
        context.lastUse = ++uses;
        return context.id;
    }

    void release(int id) {
        Context context = contexts.get(id);
        context.users--;
        context.lastUse = ++uses;
    }

    /** In this order, so that the level, which says what the others are for, comes when they are there. */
    private static Map<String, String> settings(TlsProfile profile, TlsAttempt attempt) {
        boolean verify = !profile.isVerificationSkipped();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("sslversion", Integer.toString(attempt.sslVersion()));
        settings.put(CIPHER_SUITE, attempt.cipherSuiteCode());
        settings.put("sni", profile.isServerNameOmitted() ? "0" : "1");
        settings.put("ignorelocaltime", verify && !profile.isValidityIgnored() ? "0" : "1");
        settings.put("ignoremulticertchainverify", profile.isChainIgnored() ? "1" : "0");
        settings.put("ignoreinvalidcertsign", profile.isSignaturesIgnored() ? "1" : "0");
        settings.put(
                "negotiatetime",
                profile.handshakeTimeout()
                        .map(limit -> Long.toString(limit.toSeconds()))
                        .orElse(LONGEST_NEGOTIATION_SECONDS));
        settings.put("closetimemode", isWholeSeconds(profile.closeTimeout()) ? "0" : "1");
        settings.put(SESSION_CACHE, profile.isSessionsResumed() ? "1" : "0");
        if (verify) {
            settings.put("cacert", quoted(UserFileSystem.name("ca", profile.trustAnchorsPem())));
        }
        if (verify && profile.hasClientIdentity()) {
            settings.put("clientcert", quoted(UserFileSystem.name("cert", profile.clientCertificatesPem())));
            settings.put("clientkey", quoted(UserFileSystem.name("key", profile.clientKeyPem())));
        }
        settings.put(SECURITY_LEVEL, !verify ? "0" : profile.hasClientIdentity() ? "2" : "1");
        return settings;
    }

    private static boolean isWholeSeconds(Duration time) {
        return time.equals(Duration.ofSeconds(time.toSeconds()));
    }

    /** Returns the parameter of {@code AT+QSSLCLOSE} in the unit that the profile's {@code closetimemode} gives it. */
    static long closeParameter(TlsProfile profile) {
        Duration time = profile.closeTimeout();
        return isWholeSeconds(time) ? time.toSeconds() : time.toMillis();
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    private Context find(Map<String, String> settings) throws ModemException {
        Context least = null;
        for (Context context : contexts) {
            if (settings.equals(context.settings)) {
                return context;
            }
            if (context.users == 0 && (least == null || context.lastUse < least.lastUse)) {
                least = context;
            }
        }
        if (least == null) {
            throw new ModemException(
                    "all SSL contexts are in use by other TLS profiles, close a socket of one of them first: contexts="
                            + COUNT,
                    commands.channel().details());
        }
        return least;
    }

    private boolean isSetUp(Context context, Map<String, String> settings) throws IOException {
        if (!settings.equals(context.settings)) {
            return false;
        }
        return context.users > 0
                || (isSet(SECURITY_LEVEL, context.id, settings.get(SECURITY_LEVEL))
                        && isSet(CIPHER_SUITE, context.id, settings.get(CIPHER_SUITE)));
    }

    private void store(TlsProfile profile) throws IOException {
        if (profile.isVerificationSkipped()) {
            return;
        }
        files.provide("ca", profile.trustAnchorsPem());
        if (profile.hasClientIdentity()) {
            files.provide("cert", profile.clientCertificatesPem());
            files.provideSecret("key", profile.clientKeyPem());
        }
    }

    private void configure(int id, Map<String, String> settings) throws IOException {
        if (!settings.get(SESSION_CACHE).equals("0")) {
            // Whatever sessions the context has are of other settings.
            set(SESSION_CACHE, id, "0");
        }
        for (Map.Entry<String, String> item : settings.entrySet()) {
            set(item.getKey(), id, item.getValue());
        }
    }

    private void set(String item, int id, String value) throws IOException {
        boolean dispensable = value.equals(DISPENSABLE.get(item));
        if (dispensable && unknownItems.contains(item)) {
            return;
        }
        try {
            commands.run("AT+QSSLCFG=\"" + item + "\"," + id + "," + value);
        } catch (AtException e) {
            String current = dispensable ? query(item, id) : "";
            if (current != null && !current.equals(value)) {
                throw e;
            }
            if (current == null) {
                unknownItems.add(item);
            }
        }
    }

    private boolean isSet(String item, int id, String value) throws IOException {
        return value.equalsIgnoreCase(query(item, id));
    }

    /** Returns an item's value, null if the module does not know the item. */
    private String query(String item, int id) throws IOException {
        String start = "+QSSLCFG: \"" + item + "\"," + id + ",";
        try {
            return commands
                    .run(AtCommand.of("AT+QSSLCFG=\"" + item + "\"," + id).information("+QSSLCFG:"))
                    .lines()
                    .stream()
                    .filter(line -> line.startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .findFirst()
                    .orElse("");
        } catch (AtException e) {
            return null;
        }
    }

    /**
     * A certificate's validity is compared with the module's clock (SSL application note 1.5), which starts somewhere
     * in the past. It is set to UTC, said to be UTC, because firmwares differ in whether the digits are local time.
     */
    private void setClock() throws IOException {
        if (!clockSet || System.nanoTime() - clockNanos > CLOCK_TRUSTED_NANOS) {
            commands.run("AT+CCLK=\"" + CLOCK.format(LocalDateTime.now(ZoneOffset.UTC)) + "+00\"");
            clockSet = true;
            clockNanos = System.nanoTime();
        }
    }

    /** Removes our files that no context in use names; returns their names. */
    List<String> removeUnusedFiles() throws IOException {
        List<String> removed = new ArrayList<>();
        for (String name : files.list()) {
            boolean needed = contexts.stream().anyMatch(context -> context.users > 0 && names(context, name));
            if (!needed) {
                // Forgotten first: whatever becomes of the file, it is written anew before it is named again.
                contexts.stream().filter(context -> names(context, name)).forEach(context -> context.settings = null);
                files.remove(name);
                removed.add(name);
            }
        }
        return removed;
    }

    private static boolean names(Context context, String file) {
        return context.settings != null && context.settings.containsValue(quoted(file));
    }
}
