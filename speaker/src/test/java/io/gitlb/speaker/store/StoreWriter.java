// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.store;

import io.gitlb.schema.protocol.DesiredDelta;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.ProtocolCodec;
import java.nio.file.Path;

/// A process that saves one state after another until it is killed: some whole, most as deltas.
final class StoreWriter {

  private StoreWriter() {}

  public static void main(String[] arguments) {
    DesiredStore store = new DesiredStore(Path.of(arguments[0]));
    DesiredState last = Samples.state(1, 1, 1);
    store.save(ProtocolCodec.encode(last));
    String digest = ProtocolCodec.digest(last);
    for (long number = 2; ; number++) {
      DesiredState next = Samples.state(1, number, (int) (number % 300));
      DesiredDelta delta = DesiredDelta.between(last, digest, next);
      byte[] json = ProtocolCodec.encode(delta);
      if (number % 7 != 0 && store.hasRoomFor(json)) {
        store.append(json);
        digest = ProtocolCodec.digest(delta);
      } else {
        store.save(ProtocolCodec.encode(next));
        digest = ProtocolCodec.digest(next);
      }
      last = next;
    }
  }
}
