// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jgit.internal.storage.commitgraph.CommitGraphWriter;
import org.eclipse.jgit.internal.storage.commitgraph.GraphCommits;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.pack.PackConfig;

/// Puts all that the refs of a repository of ours lead to into one pack, and writes a commit graph
/// with the paths that each commit changed, so that the history of one file is found quickly.
///
/// Not by JGit's garbage collection: that looks for orphaned files and objects in a directory that
/// a writer works in at the same time, and has removed what was just being written. Here a writer
/// may go on meanwhile; it waits only while the old packs are taken away, and before that whatever
/// it added is packed too. Objects that no ref leads to stay when they are loose, and go when they
/// are in a pack: a writer that is locked out has none in hand.
final class Packing {

  private static final String INCOMING = "gitlb-packing";
  private static final String PACK = ".pack";
  private static final String INDEX = ".idx";
  private static final String GRAPH = "commit-graph";

  /// From where on Git itself would pack.
  private static final int MANY_LOOSE = 6_700;

  private static final int MANY_PACKS = 50;

  private final Repository repository;
  private final Lock writing;
  private final ObjectDirectory objects;
  private final Path packs;
  private final Path incoming;

  /// @param writing held by whoever adds objects or moves a local branch; fetches must be locked
  ///   out by the caller
  Packing(Repository repository, Lock writing) {
    this.repository = repository;
    this.writing = writing;
    this.objects = (ObjectDirectory) repository.getObjectDatabase();
    this.packs = objects.getPackDirectory().toPath();
    this.incoming = repository.getDirectory().toPath().resolve(INCOMING);
  }

  /// What there was and what was made of it.
  ///
  /// @param packs how many there were
  /// @param loose how many objects had a file of their own
  record Packed(int packs, int loose) {}

  /// Packs everything.
  Packed run(PackNeed need) throws IOException {
    Set<String> old = packNames();
    List<ObjectId> loose = loose();
    boolean many = old.size() > MANY_PACKS || loose.size() > MANY_LOOSE;
    return switch (need) {
      case ANY -> run(old, loose);
      case MANY_FILES -> many ? run(old, loose) : new Packed(old.size(), loose.size());
    };
  }

  private Packed run(Set<String> old, List<ObjectId> loose) throws IOException {
    Trees.delete(incoming);
    Files.createDirectories(incoming);
    Set<ObjectId> before = tips();
    if (old.size() > 1 || !loose.isEmpty()) {
      Set<String> made = new TreeSet<>();
      write(before, Set.of(), made);
      writing.lock();
      try {
        write(tips(), before, made);
        old.stream().filter(name -> !made.contains(name)).forEach(this::delete);
      } finally {
        writing.unlock();
      }
      removePacked(loose, made);
      writeGraph();
    } else if (Files.notExists(info().resolve(GRAPH))) {
      writeGraph();
    }
    Trees.delete(incoming);
    return new Packed(old.size(), loose.size());
  }

  private Set<String> packNames() throws IOException {
    try (Stream<Path> files = Files.list(packs)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(PACK))
          .map(name -> name.substring(0, name.length() - PACK.length()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private Set<ObjectId> tips() throws IOException {
    Set<ObjectId> tips = new HashSet<>();
    for (Ref ref : repository.getRefDatabase().getRefs()) {
      if (ref.getObjectId() != null) {
        tips.add(ref.getObjectId());
      }
    }
    return tips;
  }

  private List<ObjectId> loose() throws IOException {
    List<ObjectId> loose = new ArrayList<>();
    try (Stream<Path> shards = Files.list(objects.getDirectory().toPath())) {
      for (Path shard : shards.toList()) {
        String first = shard.getFileName().toString();
        if (first.length() == 2) {
          try (Stream<Path> files = Files.list(shard)) {
            files
                .map(file -> first + file.getFileName())
                .filter(ObjectId::isId)
                .map(ObjectId::fromString)
                .forEach(loose::add);
          }
        }
      }
    }
    return loose;
  }

  /// Writes one pack with what `want` leads to and `have` does not.
  ///
  /// @param made the name of the pack comes here, unless it would be empty
  private void write(Set<ObjectId> want, Set<ObjectId> have, Set<String> made) throws IOException {
    try (PackWriter writer = new PackWriter(config(), repository.newObjectReader())) {
      writer.setDeltaBaseAsOffset(true);
      writer.preparePack(NullProgressMonitor.INSTANCE, want, have);
      if (writer.getObjectCount() == 0) {
        return;
      }
      String name = "pack-" + writer.computeName().name();
      made.add(name);
      if (Files.exists(packs.resolve(name + INDEX))) {
        // The same objects; to exchange it under a reader's hands would gain nothing.
        return;
      }
      durable(
          name + PACK,
          out -> writer.writePack(NullProgressMonitor.INSTANCE, NullProgressMonitor.INSTANCE, out));
      durable(name + INDEX, writer::writeIndex);
      // The index comes last: it is what makes a pack one.
      move(name + PACK);
      move(name + INDEX);
      LocalRef.syncDirectory(packs);
      var _ = objects.openPack(packs.resolve(name + PACK).toFile());
    }
  }

  /// One thread: the other processors are for those who wait for an address.
  private PackConfig config() {
    PackConfig config = new PackConfig(repository);
    config.setThreads(1);
    return config;
  }

  private interface Content {
    void to(OutputStream out) throws IOException;
  }

  private void durable(String name, Content content) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                incoming.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
      content.to(out);
      out.flush();
      channel.force(true);
    }
  }

  private void move(String name) throws IOException {
    Files.move(incoming.resolve(name), packs.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /// The index first: without it there is no pack, whatever happens next.
  private void delete(String name) {
    try {
      Files.deleteIfExists(packs.resolve(name + INDEX));
      try (Stream<Path> files = Files.list(packs)) {
        for (Path file :
            files.filter(file -> file.getFileName().toString().startsWith(name + ".")).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void removePacked(List<ObjectId> loose, Set<String> made) throws IOException {
    List<Pack> written = new ArrayList<>();
    for (Pack pack : objects.getPacks()) {
      if (made.contains("pack-" + pack.getPackName())) {
        written.add(pack);
      }
    }
    for (ObjectId id : loose) {
      for (Pack pack : written) {
        if (pack.hasObject(id)) {
          Files.deleteIfExists(objects.fileFor(id).toPath());
          break;
        }
      }
    }
  }

  private Path info() {
    return objects.getDirectory().toPath().resolve("info");
  }

  private void writeGraph() throws IOException {
    Files.createDirectories(info());
    Set<ObjectId> tips = tips();
    if (tips.isEmpty()) {
      return;
    }
    try (RevWalk walk = new RevWalk(repository)) {
      GraphCommits commits = GraphCommits.fromWalk(NullProgressMonitor.INSTANCE, tips, walk);
      durable(
          GRAPH,
          out -> {
            var _ = new CommitGraphWriter(commits, true).write(NullProgressMonitor.INSTANCE, out);
          });
    }
    Files.move(
        incoming.resolve(GRAPH),
        info().resolve(GRAPH),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
