package io.uartnio.nio;

import java.nio.channels.SelectionKey;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Set;

/**
 * The selected-key set as a selector's user sees it: keys may be taken out of it, not put in. It is a view of the
 * selector's own set and fails fast like it; whoever uses it from several threads locks it, as the selector does.
 */
final class SelectedKeySet extends AbstractSet<SelectionKey> {

    private final Set<SelectionKey> keys;

    SelectedKeySet(Set<SelectionKey> keys) {
        this.keys = keys;
    }

    @Override
    public boolean add(SelectionKey key) {
        throw new UnsupportedOperationException("keys cannot be added to a selected-key set");
    }

    @Override
    public boolean addAll(Collection<? extends SelectionKey> added) {
        throw new UnsupportedOperationException("keys cannot be added to a selected-key set");
    }

    @Override
    public Iterator<SelectionKey> iterator() {
        return keys.iterator();
    }

    @Override
    public int size() {
        return keys.size();
    }

    @Override
    public boolean contains(Object key) {
        return keys.contains(key);
    }

    @Override
    public boolean remove(Object key) {
        return keys.remove(key);
    }

    @Override
    public void clear() {
        keys.clear();
    }
}
