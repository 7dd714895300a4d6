package io.uartnio.uart;

import com.fazecast.jSerialComm.SerialPort;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.module.ModuleReader;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Loads jSerialComm once, from a directory that only this user can write. Left to itself the library puts its native
 * part into {@code <java.io.tmpdir>/jSerialComm}, makes directory and file writable for everybody, and later loads
 * whatever lies there; two programs that start together may also load a half-written file. Here the native parts of
 * this system are copied into a fresh directory of mode 0700, loaded from there and deleted at once: a loaded library
 * needs no file. Called by the thread that opens or lists ports; thread-safe.
 */
final class SerialLibrary {

    private static final Logger LOG = System.getLogger(SerialLibrary.class.getName());

    /** Where the library looks first; below it lie {@code <system>/<architecture>/<file>} as in its jar. */
    private static final String LIBRARY_PATH = "jSerialComm.library.path";

    /**
     * A directory name between {@code jSerialComm} and the version. The library deletes recursively, through symbolic
     * links too, what it finds below it before it loads anything; a name nobody can guess leaves nothing to find.
     */
    private static final String APPLICATION_ID = "fazecast.jSerialComm.appid";

    private static final String RANDOMIZE_NAME = "jSerialComm.library.randomizeNativeName";

    /** The directory and file names of the native parts in the library's jar, for the systems with POSIX modes. */
    private static final Map<String, List<String>> NATIVE_PARTS = Map.of(
            "Linux", List.of("x86_64", "armv8_64", "armv7hf", "armv6hf", "armv5", "armv8_32", "ppc64le", "x86"),
            "OSX", List.of("aarch64", "x86_64", "x86"),
            "FreeBSD", List.of("arm64", "x86_64", "x86"),
            "OpenBSD", List.of("amd64", "x86"),
            "Solaris", List.of("sparcv9_64", "sparcv8plus_32", "x86_64", "x86"));

    private static boolean loaded;

    private SerialLibrary() {}

    /**
     * Makes the library ready for use.
     *
     * @throws IOException if it has no native part for this system or that cannot be loaded
     */
    static synchronized void load() throws IOException {
        if (loaded) {
            return;
        }
        try {
            Path directory = wantsPrivateDirectory() ? copyNativeParts() : null;
            if (directory == null) {
                initialize();
            } else {
                initializeFrom(directory);
            }
            loaded = true;
        } catch (LinkageError e) {
            throw new IOException(
                    "serial library cannot be loaded: os=" + System.getProperty("os.name") + ", arch="
                            + System.getProperty("os.arch") + ", reason=" + e.getMessage(),
                    e);
        }
    }

    /** A user who has set one of the library's own properties has decided where it lives. */
    private static boolean wantsPrivateDirectory() {
        return System.getProperty(LIBRARY_PATH) == null
                && System.getProperty(APPLICATION_ID) == null
                && System.getProperty(RANDOMIZE_NAME) == null
                && !System.getProperty("java.vm.vendor", "")
                        .toLowerCase(Locale.ROOT)
                        .contains("android")
                && FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    private static void initializeFrom(Path directory) {
        System.setProperty(LIBRARY_PATH, directory.toString());
        System.setProperty(APPLICATION_ID, "uartnio-" + UUID.randomUUID());
        try {
            initialize();
            // Only where the private copy could not be loaded has the library made a directory of its own.
            SerialPort.autoCleanupAtShutdown();
        } finally {
            System.clearProperty(LIBRARY_PATH);
            System.clearProperty(APPLICATION_ID);
            delete(directory);
        }
    }

    private static void initialize() {
        try {
            Class.forName(SerialPort.class.getName(), true, SerialPort.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        }
    }

    /**
     * Copies the native parts of every architecture of this system, so that the library chooses among them as it does
     * among those in its jar.
     *
     * @return the directory, or null if there is nothing to copy or no room: the library then goes its own way
     */
    private static Path copyNativeParts() {
        String system = system();
        Path directory = null;
        try {
            directory = Files.createTempDirectory("uartnio-native-"); // mode 0700 where files have modes
            boolean copied = false;
            for (String architecture : NATIVE_PARTS.getOrDefault(system, List.of())) {
                String file = system.equals("OSX") ? "libjSerialComm.jnilib" : "libjSerialComm.so";
                copied |= copy(system + "/" + architecture + "/" + file, directory);
            }
            if (copied) {
                return directory;
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "no private copy of the serial library: directory=" + directory, e);
        }
        if (directory != null) {
            delete(directory);
        }
        return null;
    }

    private static String system() {
        String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (name.contains("mac")) {
            return "OSX";
        } else if (name.contains("sunos") || name.contains("solaris")) {
            return "Solaris";
        } else if (name.contains("freebsd")) {
            return "FreeBSD";
        } else if (name.contains("openbsd")) {
            return "OpenBSD";
        }
        return name.contains("linux") ? "Linux" : "";
    }

    private static boolean copy(String resource, Path directory) throws IOException {
        try (ModuleReader reader = moduleReader();
                InputStream in = reader == null
                        ? SerialPort.class.getClassLoader().getResourceAsStream(resource)
                        : reader.open(resource).orElse(null)) {
            if (in == null) {
                return false;
            }
            Path target = directory.resolve(resource);
            Files.createDirectories(target.getParent());
            Files.copy(in, target);
            return true;
        }
    }

    /** As a named module the library encapsulates its resources; its module reader still gives them. */
    private static ModuleReader moduleReader() throws IOException {
        Module module = SerialPort.class.getModule();
        if (!module.isNamed()) {
            return null;
        }
        return module.getLayer()
                .configuration()
                .findModule(module.getName())
                .orElseThrow(() -> new IOException("module has no configuration: module=" + module.getName()))
                .reference()
                .open();
    }

    private static void delete(Path directory) {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "private copy of the serial library is left behind: directory=" + directory, e);
        }
    }
}
