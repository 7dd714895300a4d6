package io.uartnio.netty;

import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;

/** A file region without a file, whose subclasses say what it writes and what it counts. */
abstract class PlayedRegion extends AbstractReferenceCounted implements FileRegion {

    @Override
    public long position() {
        return 0;
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester")
    public long transfered() {
        return transferred();
    }

    @Override
    public FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }

    @Override
    public FileRegion touch() {
        return this;
    }

    @Override
    public FileRegion touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {}
}
