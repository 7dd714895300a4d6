package io.uartnio.emulator;

/**
 * What the general commands set: the profile that {@code AT&W} saves, and the settings that save themselves. Written by
 * the command thread; the fields that decide what reaches the line are read by others and so volatile.
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
    private volatile Profile profile = new Profile();
    private volatile String urcPort;
    private volatile boolean urcCache;
    private volatile int urcDelaySeconds;
    private volatile boolean payloadEcho = true;

    ModuleSettings(EmulatorOptions options) {
        urcPort = options.urcPort;
        savedBaudRate = options.startBaudRate();
    }

    /** Begins a life: what was saved holds, the rest is as at the factory. */
    void boot() {
        profile = saved.copy();
        urcDelaySeconds = 0;
        payloadEcho = true;
    }

    Profile profile() {
        return profile;
    }

    void save(int baudRate) {
        saved = profile.copy();
        savedBaudRate = baudRate;
    }

    void restoreSaved() {
        profile = saved.copy();
    }

    void restoreFactory() {
        profile = new Profile();
    }

    int savedBaudRate() {
        return savedBaudRate;
    }

    String urcPort() {
        return urcPort;
    }

    void setUrcPort(String port) {
        urcPort = port;
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
