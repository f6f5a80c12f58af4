// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;

/// A file for each object, as Git has them when there are few.
final class LooseObjects implements NewObjects {

  private final Path objects;
  private final Set<String> shards = new TreeSet<>();
  private final ObjectInserter inserter;

  LooseObjects(Repository repository) {
    objects = repository.getDirectory().toPath().resolve(Constants.OBJECTS);
    inserter = new RecordingInserter(repository.newObjectInserter(), shards);
  }

  @Override
  public ObjectInserter inserter() {
    return inserter;
  }

  /// JGit syncs the files; that their names survive too needs their directories synced. What a pack
  /// has already is not written again, and there may be no directory for it.
  @Override
  public void makeDurable() throws IOException {
    inserter.flush();
    for (String shard : shards) {
      Path directory = objects.resolve(shard);
      if (Files.isDirectory(directory)) {
        LocalRef.syncDirectory(directory);
      }
    }
    LocalRef.syncDirectory(objects);
  }

  @Override
  public void close() {
    inserter.close();
  }
}
