// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.store;

import io.gitlb.schema.protocol.ProtocolCodec;
import java.nio.file.Path;

/// A process that saves one state after another until it is killed.
final class StoreWriter {

  private StoreWriter() {}

  public static void main(String[] arguments) {
    DesiredStore store = new DesiredStore(Path.of(arguments[0]));
    for (long number = 1; ; number++) {
      store.save(ProtocolCodec.encode(Samples.state(1, number, (int) (number % 300))));
    }
  }
}
