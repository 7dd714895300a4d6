package io.uartnio.emulator;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The module's flash file system {@code UFS}. A bare name means UFS; every file takes whole blocks. Survives restarts.
 * Any thread.
 */
final class FileStore {

    private static final int BLOCK_BYTES = 4096;
    private static final String PREFIX = "UFS:";

    private final int totalBytes;
    private final Map<String, byte[]> files = new TreeMap<>();

    FileStore(EmulatorOptions options) {
        totalBytes = options.storageBytes;
        files.putAll(options.files);
    }

    static String bareName(String name) {
        return name.regionMatches(true, 0, PREFIX, 0, PREFIX.length()) ? name.substring(PREFIX.length()) : name;
    }

    synchronized Optional<byte[]> get(String name) {
        return Optional.ofNullable(files.get(bareName(name)));
    }

    synchronized void put(String name, byte[] content) {
        files.put(bareName(name), content);
    }

    synchronized boolean delete(String name) {
        return files.remove(bareName(name)) != null;
    }

    synchronized void deleteAll() {
        files.clear();
    }

    /** Returns the files by bare name, sorted. */
    synchronized Map<String, byte[]> all() {
        return new TreeMap<>(files);
    }

    int totalBytes() {
        return totalBytes;
    }

    synchronized int freeBytes() {
        int used = files.values().stream().mapToInt(FileStore::blocks).sum() * BLOCK_BYTES;
        return Math.max(0, totalBytes - used);
    }

    /** Says whether a new file of this size finds room. */
    synchronized boolean hasRoom(int bytes) {
        return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES <= freeBytes();
    }

    private static int blocks(byte[] file) {
        return Math.max(1, (file.length + BLOCK_BYTES - 1) / BLOCK_BYTES);
    }

    /**
     * Returns the checksum that {@code +QFUPL} and {@code +QFDWL} print: the exclusive or of all 16-bit words, high
     * byte first; an odd last byte is the high byte of a word whose low byte is 0. Lower-case hexadecimal without
     * leading zeros.
     */
    static String checksum(byte[] content, int length) {
        int sum = 0;
        for (int i = 0; i < length; i += 2) {
            sum ^= (content[i] & 0xff) << 8 | (i + 1 < length ? content[i + 1] & 0xff : 0);
        }
        return Integer.toHexString(sum);
    }
}
