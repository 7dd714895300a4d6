package io.uartnio.nio;

import java.util.Arrays;

/** The keys of one channel that are told of its changes, one a selector; copied on write. Safe for any thread. */
final class ModuleKeys {

    private static final ModuleSelectionKey[] NONE = {};

    private volatile ModuleSelectionKey[] keys = NONE;

    synchronized void add(ModuleSelectionKey key) {
        ModuleSelectionKey[] longer = Arrays.copyOf(keys, keys.length + 1);
        longer[keys.length] = key;
        keys = longer;
    }

    synchronized void remove(ModuleSelectionKey key) {
        keys = Arrays.stream(keys).filter(k -> k != key).toArray(ModuleSelectionKey[]::new);
    }

    /** Has the selectors look at the channel again; called on threads that must not be held up. */
    void tell() {
        for (ModuleSelectionKey key : keys) {
            key.uartSelector().keyChanged(key);
        }
    }
}
