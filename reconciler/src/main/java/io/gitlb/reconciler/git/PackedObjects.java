// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.file.PackInserter;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;

/// All objects of a commit in one pack.
///
/// JGit names a pack before it is on disk; after a power cut the repository would then have a pack
/// that names objects and does not hold them. So the pack comes to be in a directory of its own, is
/// synced there, and only then gets its name among the others.
final class PackedObjects implements NewObjects {

  private static final String INCOMING = "gitlb-incoming";
  private static final String PACKS = "pack";
  private static final String PACK = ".pack";
  private static final String INDEX = ".idx";

  private final ObjectDirectory present;
  private final Path incoming;
  private final ObjectDirectory aside;
  private final PackInserter inserter;

  PackedObjects(Repository repository) throws IOException {
    present = (ObjectDirectory) repository.getObjectDatabase();
    incoming = repository.getDirectory().toPath().resolve(INCOMING);
    // What a crash left.
    Trees.delete(incoming);
    Files.createDirectories(incoming.resolve(PACKS));
    aside =
        new ObjectDirectory(
            repository.getConfig(), incoming.toFile(), null, repository.getFS(), null);
    inserter = aside.newPackInserter();
    inserter.checkExisting(false);
  }

  @Override
  public ObjectInserter inserter() {
    return inserter;
  }

  @Override
  public void makeDurable() throws IOException {
    inserter.flush();
    Path packs = present.getPackDirectory().toPath();
    Path pack = only(PACK);
    Path index = only(INDEX);
    DiskSync.all(List.of(pack, index));
    // The index comes last: it is what makes a pack one.
    Path named = packs.resolve(pack.getFileName());
    Files.move(pack, named, StandardCopyOption.ATOMIC_MOVE);
    Files.move(index, packs.resolve(index.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    LocalRef.syncDirectory(packs);
    var _ = present.openPack(named.toFile());
  }

  /// The file that was written with this ending.
  private Path only(String ending) throws IOException {
    try (Stream<Path> files = Files.list(incoming.resolve(PACKS))) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .findFirst()
          .orElseThrow(() -> new IOException("no " + ending + " was written to " + incoming));
    }
  }

  @Override
  public void close() {
    inserter.close();
    aside.close();
  }
}
