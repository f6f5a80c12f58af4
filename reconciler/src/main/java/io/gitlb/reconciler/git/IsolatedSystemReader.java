// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.File;
import java.time.Instant;
import java.time.ZoneOffset;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/// Keeps JGit away from what happens to lie around on a machine: user, system and JGit's own
/// configuration, environment variables (`GIT_SSH`, `GIT_TRACE`, `XDG_…`), the host's name and time
/// zone. What it would write into the user's configuration is dropped, so a read-only home will do.
final class IsolatedSystemReader extends SystemReader.Delegate {

  /// Larger objects are streamed, never held in memory; no file of ours comes near it.
  private static final int STREAM_ABOVE_BYTES = 1024 * 1024;

  private IsolatedSystemReader(SystemReader delegate) {
    super(delegate);
  }

  /// Makes JGit use it; for the whole JVM, because JGit has one for all. Doing it again is
  /// harmless.
  static synchronized void install() {
    if (!(SystemReader.getInstance() instanceof IsolatedSystemReader)) {
      SystemReader.setInstance(new IsolatedSystemReader(SystemReader.getInstance()));
      WindowCacheConfig cache = new WindowCacheConfig();
      cache.setStreamFileThreshold(STREAM_ABOVE_BYTES);
      cache.install();
    }
  }

  @Override
  public @Nullable String getenv(String variable) {
    return null;
  }

  @Override
  public String getHostname() {
    return "localhost";
  }

  @Override
  public int getTimezone(long when) {
    return 0;
  }

  @Override
  public ZoneOffset getTimeZoneAt(Instant when) {
    return ZoneOffset.UTC;
  }

  @Override
  public FileBasedConfig openUserConfig(@Nullable Config parent, FS fs) {
    return new NoConfig(parent, fs);
  }

  @Override
  public FileBasedConfig openSystemConfig(@Nullable Config parent, FS fs) {
    return new NoConfig(parent, fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(@Nullable Config parent, FS fs) {
    return new NoConfig(parent, fs);
  }

  /// Empty but for two things, never on disk. JGit uses the changed paths in a commit graph only
  /// when its own configuration says so, whatever the repository's says. And JGit would measure for
  /// seconds how exact the disk's file times are, with probe files among ours, and keep the result
  /// in the user's configuration; here it finds one there that is true of every file system on
  /// which a state directory may lie.
  private static final class NoConfig extends FileBasedConfig {

    private static final File NOWHERE = new File("/dev/null");

    /// Linux stamps files with the time of the last timer tick, at most 10 ms ago; ten times that.
    private static final String FILE_TIME_RESOLUTION = "100 milliseconds";

    NoConfig(@Nullable Config parent, FS fs) {
      super(parent, NOWHERE, fs);
    }

    @Override
    public @Nullable String getString(String section, @Nullable String subsection, String name) {
      if (name.equals(ConfigConstants.CONFIG_KEY_READ_CHANGED_PATHS)) {
        return "true";
      }
      return section.equals(ConfigConstants.CONFIG_FILESYSTEM_SECTION)
          ? FILE_TIME_RESOLUTION
          : super.getString(section, subsection, name);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}
