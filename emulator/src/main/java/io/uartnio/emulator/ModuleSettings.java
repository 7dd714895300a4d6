package io.uartnio.emulator;

/**
 * What the general commands set for the whole module: the profile that {@code AT&W} has saved, and the settings that save
 * themselves. Any thread.
 */
final class ModuleSettings {

    /** The settings of {@code AT&W}, {@code ATZ} and {@code AT&F}. */
    static final class Profile implements Cloneable {
        boolean echo = true;
        boolean quiet;
        boolean verbose = true;
        int errorReports = 1;
        int flowControl;
        int carrierDetect = 1;
        int terminalReady = 2;

        Profile copy() {
            try {
                return (Profile) clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private Profile saved = new Profile();
    private int savedBaudRate;
    private volatile String urcPort;
    private volatile int muxUrcPort;
    private volatile boolean urcCache;
    private volatile int urcDelaySeconds;
    private volatile boolean payloadEcho = true;

    ModuleSettings(EmulatorOptions options) {
        urcPort = options.urcPort;
        muxUrcPort = options.muxUrcPort;
        savedBaudRate = options.startBaudRate();
    }

    /** Begins a life: what was saved holds, the rest is as at the factory. */
    void boot() {
        urcDelaySeconds = 0;
        payloadEcho = true;
    }

    /** Returns a copy of what {@code AT&W} saved last. */
    synchronized Profile savedProfile() {
        return saved.copy();
    }

    synchronized void save(Profile profile, int baudRate) {
        saved = profile.copy();
        savedBaudRate = baudRate;
    }

    synchronized int savedBaudRate() {
        return savedBaudRate;
    }

    String urcPort() {
        return urcPort;
    }

    void setUrcPort(String port) {
        urcPort = port;
    }

    int muxUrcPort() {
        return muxUrcPort;
    }

    void setMuxUrcPort(int channel) {
        muxUrcPort = channel;
    }

    boolean urcCache() {
        return urcCache;
    }

    void setUrcCache(boolean cache) {
        urcCache = cache;
    }

    int urcDelaySeconds() {
        return urcDelaySeconds;
    }

    void setUrcDelaySeconds(int seconds) {
        urcDelaySeconds = seconds;
    }

    boolean payloadEcho() {
        return payloadEcho;
    }

    void setPayloadEcho(boolean echo) {
        payloadEcho = echo;
    }
}
