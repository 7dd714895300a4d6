package io.uartnio.module.quectel.ec200x;

import io.uartnio.ModemException;
import io.uartnio.TlsProfile;
import java.io.IOException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * The module's six SSL contexts, shared out by profile and cipher suite: a context's settings count for every socket
 * opened with it, so they are written once and a context is given to something else only while no socket uses it (SSL
 * application note 2.2.1). Lane thread.
 *
 * <p>The module takes one cipher suite or all of its table, which has RC4, 3DES and MD5 in it. So one is named, and if
 * the connection fails the next: the first for servers with an RSA key, the second for those with an EC key.
 */
final class TlsContexts {

    /** TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 and TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256. */
    static final List<String> CIPHER_SUITES = List.of("0XC02F", "0XC023");

    private static final int COUNT = 6;
    private static final int TLS_1_2 = 3;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("yy/MM/dd,HH:mm:ss");

    private record Key(TlsProfile profile, String cipherSuite) {}

    private static final class Context {
        private final int id;
        private Key key;
        private int users;
        private long lastUse;

        Context(int id) {
            this.id = id;
        }
    }

    private final Ec200xCommands commands;
    private final UserFileSystem files;
    private final List<Context> contexts = new ArrayList<>();
    private boolean clockSet;
    private long uses;

    TlsContexts(Ec200xCommands commands) {
        this.commands = commands;
        this.files = new UserFileSystem(commands);
        forget();
    }

    /** Forgets what the module was told; it forgets that itself when it restarts. */
    void forget() {
        files.forget();
        clockSet = false;
        contexts.clear();
        for (int id = 0; id < COUNT; id++) {
            contexts.add(new Context(id));
        }
    }

    /**
     * Returns a context that is set up as the profile says and counts one more user of it.
     *
     * @throws ModemException if all six are in use by other profiles
     */
    int acquire(TlsProfile profile, String cipherSuite) throws IOException {
        Key key = new Key(profile, cipherSuite);
        Context context = find(key);
        if (!key.equals(context.key)) {
            context.key = null;
            configure(context.id, key);
            context.key = key;
        }
        context.users++;
        context.lastUse = ++uses;
        return context.id;
    }

    void release(int id) {
        contexts.get(id).users--;
    }

    private Context find(Key key) throws ModemException {
        Context least = null;
        for (Context context : contexts) {
            if (key.equals(context.key)) {
                return context;
            }
            if (context.users == 0 && (least == null || context.lastUse < least.lastUse)) {
                least = context;
            }
        }
        if (least == null) {
            throw new ModemException(
                    "all SSL contexts are in use by other TLS profiles: contexts=" + COUNT,
                    commands.channel().details());
        }
        return least;
    }

    private void configure(int id, Key key) throws IOException {
        boolean verify = !key.profile.isVerificationSkipped();
        set("sslversion", id, TLS_1_2);
        set("ciphersuite", id, key.cipherSuite);
        set("sni", id, 1);
        if (verify) {
            setClock();
            set("cacert", id, '"' + files.provide("ca", key.profile.trustAnchorsPem()) + '"');
            set("ignorelocaltime", id, 0);
        }
        set("seclevel", id, verify ? 1 : 0);
    }

    private void set(String item, int id, Object value) throws IOException {
        commands.run("AT+QSSLCFG=\"" + item + "\"," + id + "," + value);
    }

    /**
     * A certificate's validity is compared with the module's clock (SSL application note 1.5), which starts somewhere
     * in the past. It is set to UTC, said to be UTC, because firmwares differ in whether the digits are local time.
     */
    private void setClock() throws IOException {
        if (!clockSet) {
            commands.tryToRun("AT+CCLK=\"" + CLOCK.format(LocalDateTime.now(ZoneOffset.UTC)) + "+00\"");
            clockSet = true;
        }
    }
}
