// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.DesiredDelta;
import io.gitlb.schema.protocol.DesiredDocument;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.ProtocolCodec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DesiredStoreTest {

  private static final int ROUNDS = Integer.getInteger("gitlb.random.rounds", 1);
  private static final DesiredState FIRST = Samples.state(1, 1, 3);
  private static final DesiredState SECOND = Samples.state(1, 2, 5);

  @TempDir Path temporary;
  private Path directory;
  private DesiredStore store;

  @BeforeEach
  void open() {
    directory = temporary.resolve("speaker");
    store = new DesiredStore(directory);
  }

  @Test
  void aNewSpeakerHasNothing() {
    assertEquals(new DesiredStore.Loaded.Absent(), store.load());
    assertTrue(store.read().isEmpty());
  }

  @Test
  void theNewestSavedStateIsLoaded() {
    save(FIRST);
    save(SECOND);
    assertEquals(loaded(SECOND), store.load());
    assertArrayEquals(ProtocolCodec.encode(SECOND), store.read().orElseThrow());
  }

  @Test
  void onlyTheOwnerMayReadIt() throws IOException {
    save(FIRST);
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(store.file())));
  }

  @Test
  void aDamagedFileIsPutAsideAndCountsAsAbsentFromThenOn() throws IOException {
    save(FIRST);
    byte[] json = Files.readAllBytes(store.file());
    json[json.length / 2] ^= 1;
    Files.write(store.file(), json);

    String message = assertInstanceOf(DesiredStore.Loaded.Unusable.class, store.load()).message();

    assertTrue(
        message.startsWith(
            store.file() + " is damaged and was put aside as desired.json.damaged: "),
        message);
    assertArrayEquals(json, Files.readAllBytes(directory.resolve("desired.json.damaged")));
    assertEquals(new DesiredStore.Loaded.Absent(), store.load());
    save(SECOND);
    assertEquals(loaded(SECOND), store.load());
  }

  @Test
  void everyCutOfTheFileIsNoticed() throws IOException {
    byte[] json = ProtocolCodec.encode(FIRST);
    for (int length = 0; length < json.length; length++) {
      Files.createDirectories(directory);
      Files.write(store.file(), Arrays.copyOf(json, length));
      assertInstanceOf(DesiredStore.Loaded.Unusable.class, store.load(), "cut to " + length);
    }
  }

  @Test
  void aFileThatIsTooLargeIsNotRead() throws IOException {
    save(FIRST);
    try (RandomAccessFile file = new RandomAccessFile(store.file().toFile(), "rw")) {
      file.setLength(ProtocolCodec.MAX_DOCUMENT_BYTES + 1L);
    }
    String message = assertInstanceOf(DesiredStore.Loaded.Unusable.class, store.load()).message();
    assertTrue(message.endsWith("it is larger than 67108864 octets"), message);
  }

  @Test
  void whatAnUnfinishedSaveLeftDoesNotMatter() throws IOException {
    save(FIRST);
    Files.writeString(directory.resolve("desired.json.next"), "{\"dig" + "x".repeat(100_000));
    assertEquals(loaded(FIRST), store.load());
    save(SECOND);
    assertEquals(loaded(SECOND), store.load());
  }

  @Test
  void deltasAreAppliedToTheDocumentThatTheyStartFrom() throws IOException {
    save(FIRST);
    DesiredDelta one = append(FIRST, ProtocolCodec.digest(FIRST), SECOND);
    DesiredState third = Samples.state(1, 3, 1);
    DesiredDelta two = append(SECOND, ProtocolCodec.digest(one), third);

    DesiredDocument expected = new DesiredDocument(third, ProtocolCodec.digest(two));
    assertEquals(new DesiredStore.Loaded.Present(expected), new DesiredStore(directory).load());
    assertEquals(Optional.empty(), store.read().map(HexFormat.of()::formatHex));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory.resolve("desired.deltas"))));
    save(FIRST);
    assertEquals(loaded(FIRST), new DesiredStore(directory).load());
    assertArrayEquals(ProtocolCodec.encode(FIRST), store.read().orElseThrow());
  }

  @Test
  void deltasOfAFormerDocumentDoNotCount() throws IOException {
    save(FIRST);
    append(FIRST, ProtocolCodec.digest(FIRST), SECOND);
    byte[] left = Files.readAllBytes(directory.resolve("desired.deltas"));
    DesiredState third = Samples.state(1, 3, 1);
    save(third);
    Files.write(directory.resolve("desired.deltas"), left);

    DesiredStore reopened = new DesiredStore(directory);
    assertEquals(loaded(third), reopened.load());
    assertArrayEquals(ProtocolCodec.encode(third), reopened.read().orElseThrow());
  }

  @Test
  void everyCutOfTheLastDeltaLeavesTheStateBeforeIt() throws IOException {
    save(FIRST);
    DesiredDelta one = append(FIRST, ProtocolCodec.digest(FIRST), SECOND);
    Path file = directory.resolve("desired.deltas");
    int whole = (int) Files.size(file);
    DesiredState third = Samples.state(1, 3, 1);
    DesiredDelta two = append(SECOND, ProtocolCodec.digest(one), third);
    byte[] lines = Files.readAllBytes(file);
    for (int length = whole; length < lines.length; length++) {
      Files.write(file, Arrays.copyOf(lines, length));
      DesiredStore reopened = new DesiredStore(directory);
      assertEquals(
          new DesiredStore.Loaded.Present(new DesiredDocument(SECOND, ProtocolCodec.digest(one))),
          reopened.load(),
          "cut to " + length);
      assertEquals(new DesiredStore.Saved.OnDisk(), reopened.append(ProtocolCodec.encode(two)));
      assertArrayEquals(lines, Files.readAllBytes(file), "written again after " + length);
    }
  }

  @Test
  void anAppendThatFailsLeavesTheStateBeforeIt() throws IOException {
    save(FIRST);
    Files.createDirectory(directory.resolve("desired.deltas"));
    byte[] json =
        ProtocolCodec.encode(DesiredDelta.between(FIRST, ProtocolCodec.digest(FIRST), SECOND));
    String message =
        assertInstanceOf(DesiredStore.Saved.Failed.class, store.append(json)).message();
    assertTrue(message.startsWith(directory + "/desired.deltas cannot be written: "), message);
  }

  @Test
  void deltasHaveRoomUntilTheyAreAsLargeAsTheDocument() {
    DesiredState large = Samples.state(1, 1, 300);
    int octets = ProtocolCodec.encode(large).length;
    assertTrue(octets > 64 * 1024, "more than there is room for in any case");
    save(large);
    assertTrue(store.hasRoomFor(new byte[octets]));
    assertFalse(store.hasRoomFor(new byte[octets + 1]));
    assertFalse(store.hasRoomFor("{}\n".getBytes(StandardCharsets.UTF_8)), "one line each");
    append(large, ProtocolCodec.digest(large), Samples.state(1, 2, 299));
    assertFalse(store.hasRoomFor(new byte[octets]));
    save(FIRST);
    assertTrue(store.hasRoomFor(new byte[64 * 1024]));
    assertFalse(store.hasRoomFor(new byte[64 * 1024 + 1]));
  }

  private DesiredDelta append(DesiredState before, String digest, DesiredState after) {
    DesiredDelta delta = DesiredDelta.between(before, digest, after);
    assertEquals(new DesiredStore.Saved.OnDisk(), store.append(ProtocolCodec.encode(delta)));
    return delta;
  }

  @Test
  void aSaveThatFailsLeavesTheOldState() throws IOException {
    save(FIRST);
    Files.createDirectory(directory.resolve("desired.json.next"));
    String message =
        assertInstanceOf(DesiredStore.Saved.Failed.class, store.save(ProtocolCodec.encode(SECOND)))
            .message();
    assertTrue(message.startsWith(store.file() + " cannot be written: "), message);
    assertEquals(loaded(FIRST), store.load());
  }

  @Test
  void aDirectoryThatCannotBeMadeIsReported() throws IOException {
    Files.writeString(directory, "a file where the directory should be", StandardCharsets.UTF_8);
    assertInstanceOf(DesiredStore.Saved.Failed.class, store.save(ProtocolCodec.encode(FIRST)));
  }

  @Test
  void aProcessThatIsKilledWhileItSavesLeavesAWholeState() throws Exception {
    for (long seed = 0; seed < 3L * ROUNDS; seed++) {
      Random random = new Random(seed);
      Files.deleteIfExists(store.file());
      Files.deleteIfExists(directory.resolve("desired.deltas"));
      long enough = random.nextLong(1, 41);
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  StoreWriter.class.getName(),
                  directory.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        long seen = 0;
        while (seen < enough) {
          assertTrue(System.nanoTime() < deadline, "seed " + seed + ": saved up to " + seen);
          assertTrue(writer.isAlive(), "seed " + seed);
          seen = lastNumber();
        }
        writer.destroyForcibly().waitFor();
        assertTrue(lastNumber() >= seen, "seed " + seed);
      } finally {
        writer.destroyForcibly().waitFor();
      }
    }
  }

  /// Fails when what is there is not whole.
  private long lastNumber() {
    return switch (store.load()) {
      case DesiredStore.Loaded.Absent() -> 0;
      case DesiredStore.Loaded.Present(DesiredDocument document) ->
          document.state().generation().number();
      case DesiredStore.Loaded.Unusable(String message) -> throw new AssertionError(message);
    };
  }

  private void save(DesiredState state) {
    assertEquals(new DesiredStore.Saved.OnDisk(), store.save(ProtocolCodec.encode(state)));
  }

  private static DesiredStore.Loaded loaded(DesiredState state) {
    return new DesiredStore.Loaded.Present(new DesiredDocument(state, ProtocolCodec.digest(state)));
  }
}
