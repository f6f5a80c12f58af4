// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;

/// A file for each object, as Git has them when there are few.
///
/// JGit would sync one after the other, each a turn of the disk. So they come to be in a directory
/// of their own, are synced there together, and only then get their names among the others: what
/// has a name is on disk.
final class LooseObjects implements NewObjects {

  private static final String INCOMING = "gitlb-incoming-loose";

  /// Loose objects lie in a directory named by the first two digits of their id.
  private static final int SHARD_DIGITS = 2;

  private final ObjectDirectory present;
  private final Path objects;
  private final Path incoming;
  private final ObjectDirectory aside;
  private final Set<ObjectId> ids = new LinkedHashSet<>();
  private final ObjectInserter inserter;

  LooseObjects(Repository repository) throws IOException {
    present = (ObjectDirectory) repository.getObjectDatabase();
    objects = present.getDirectory().toPath();
    incoming = repository.getDirectory().toPath().resolve(INCOMING);
    // What a crash left.
    Trees.delete(incoming);
    Files.createDirectories(incoming);
    Config unsynced = new Config(repository.getConfig());
    unsynced.setBoolean("core", null, "fsyncObjectFiles", false);
    aside = new ObjectDirectory(unsynced, incoming.toFile(), null, repository.getFS(), null);
    inserter = new RecordingInserter(aside.newInserter(), ids);
  }

  @Override
  public ObjectInserter inserter() {
    return inserter;
  }

  @Override
  public void makeDurable() throws IOException {
    inserter.flush();
    List<ObjectId> fresh = new ArrayList<>();
    for (ObjectId id : ids) {
      if (!present.has(id)) {
        fresh.add(id);
      }
    }
    DiskSync.all(fresh.stream().map(id -> place(incoming, id)).toList());
    for (ObjectId id : fresh) {
      Path named = place(objects, id);
      Files.createDirectories(shard(objects, id));
      Files.move(place(incoming, id), named, StandardCopyOption.ATOMIC_MOVE);
    }
    DiskSync.all(directories());
  }

  /// Those that the names are in, also of objects that were there: whoever named them may have
  /// ended before it synced them. What a pack has may have none.
  private Set<Path> directories() {
    Set<Path> directories = new TreeSet<>(Set.of(objects));
    for (ObjectId id : ids) {
      Path shard = shard(objects, id);
      if (Files.isDirectory(shard)) {
        directories.add(shard);
      }
    }
    return directories;
  }

  private static Path shard(Path among, ObjectId id) {
    return among.resolve(id.name().substring(0, SHARD_DIGITS));
  }

  private static Path place(Path among, ObjectId id) {
    return shard(among, id).resolve(id.name().substring(SHARD_DIGITS));
  }

  @Override
  public void close() {
    inserter.close();
    aside.close();
  }
}
