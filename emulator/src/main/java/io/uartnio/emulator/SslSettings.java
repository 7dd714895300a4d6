package io.uartnio.emulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One SSL context of {@code AT+QSSLCFG}: its items with their values, as text that the query form gives back. Ranges
 * and the defaults of negotiation time and cipher suites are the SSL note's; that {@code sni} and {@code seclevel} are
 * 0 and {@code ignorelocaltime} 1 at the start is seen on an EG800K. Any thread.
 */
final class SslSettings {

    /** Numbers of contexts: 0 to 5. */
    static final int CONTEXTS = 6;

    /** How an item's value is written and checked. */
    private record Item(String initial, boolean quoted, int min, int max) {}

    private static final Map<String, Item> ITEMS = new LinkedHashMap<>();

    static {
        ITEMS.put("sslversion", new Item("4", false, 0, 4));
        ITEMS.put("ciphersuite", new Item("0XFFFF", false, 0, -1));
        ITEMS.put("cacert", new Item("", true, 0, -1));
        ITEMS.put("cacertex", new Item("", true, 0, -1));
        ITEMS.put("clientcert", new Item("", true, 0, -1));
        ITEMS.put("clientkey", new Item("", true, 0, -1));
        ITEMS.put("seclevel", new Item("0", false, 0, 2));
        ITEMS.put("ignorelocaltime", new Item("1", false, 0, 1));
        ITEMS.put("negotiatetime", new Item("300", false, 10, 300));
        ITEMS.put("sni", new Item("0", false, 0, 1));
        ITEMS.put("closetimemode", new Item("0", false, 0, 1));
        ITEMS.put("ignoremulticertchainverify", new Item("0", false, 0, 1));
        ITEMS.put("ignoreinvalidcertsign", new Item("0", false, 0, 1));
        ITEMS.put("session_cache", new Item("0", false, 0, 1));
    }

    private final Map<String, String> values = new ConcurrentHashMap<>();

    SslSettings() {
        reset();
    }

    /** Takes every item back to its first value. */
    void reset() {
        ITEMS.forEach((name, item) -> values.put(name, item.initial()));
    }

    SslSettings(SslSettings other) {
        values.putAll(other.values);
    }

    static boolean isItem(String name) {
        return ITEMS.containsKey(name);
    }

    static List<String> items() {
        return List.copyOf(ITEMS.keySet());
    }

    /** Returns the range of an item as a test command shows it. */
    static String range(String name) {
        Item item = ITEMS.get(name);
        if (name.equals("ciphersuite")) {
            StringBuilder list = new StringBuilder("(");
            CipherSuites.codes()
                    .forEach(code -> list.append(CipherSuites.format(code)).append(','));
            return list.append("0XFFFF)").toString();
        }
        if (item.quoted()) {
            return "<" + (name.startsWith("cacert") ? "cacertpath" : name.replace("client", "client_") + "_path") + ">";
        }
        return item.max() == 1 ? "(0,1)" : "(" + item.min() + "-" + item.max() + ")";
    }

    /** Sets an item; returns false if the value is out of its range. */
    boolean set(String name, String value) {
        Optional<String> checked = checked(name, ITEMS.get(name), value);
        checked.ifPresent(good -> values.put(name, good));
        return checked.isPresent();
    }

    private static Optional<String> checked(String name, Item item, String value) {
        if (name.equals("ciphersuite")) {
            return CipherSuites.parse(value).map(CipherSuites::format);
        }
        if (item.quoted()) {
            return Optional.of(value);
        }
        if (!value.matches("\\d{1,3}")) {
            return Optional.empty();
        }
        int number = Integer.parseInt(value);
        return number >= item.min() && number <= item.max() ? Optional.of(Integer.toString(number)) : Optional.empty();
    }

    /** Returns an item's value as the query shows it. */
    String shown(String name) {
        String value = values.get(name);
        return ITEMS.get(name).quoted() ? "\"" + value + "\"" : value;
    }

    String text(String name) {
        return values.get(name);
    }

    int number(String name) {
        return Integer.parseInt(values.get(name));
    }

    boolean flag(String name) {
        return values.get(name).equals("1");
    }

    int cipherSuite() {
        return CipherSuites.parse(values.get("ciphersuite")).orElseThrow();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SslSettings settings && settings.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }
}
