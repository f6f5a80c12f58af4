// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;

/// Where the objects of one commit go. Closing gives up what was not made durable.
interface NewObjects extends AutoCloseable {

  /// From this many files on a pack is written: its two files are synced in the time of two loose
  /// objects, but each pack more is one more to look into.
  int FILES_FOR_A_PACK = 10;

  /// @param files how many files the commit changes
  static NewObjects in(Repository repository, int files) throws IOException {
    return files < FILES_FOR_A_PACK ? new LooseObjects(repository) : new PackedObjects(repository);
  }

  ObjectInserter inserter();

  /// Returns when all that was inserted is on disk and can be read.
  void makeDurable() throws IOException;

  @Override
  void close();
}
