package io.uartnio.at;

import io.uartnio.frame.FramingDoubt;

/** Takes payload for nobody. */
public final class NoSink implements PayloadSink {

    @Override
    public boolean onFrame(int index, boolean tls, int lengthBytes) {
        return false;
    }

    @Override
    public boolean onReadFrame(int index, boolean tls, int lengthBytes) {
        return false;
    }

    @Override
    public void onReadEmpty(int index, boolean tls) {}

    @Override
    public void onPayload(byte[] bytes, int offset, int length) {}

    @Override
    public void onFrameEnd() {}

    @Override
    public void onDoubt(FramingDoubt doubt) {}
}
