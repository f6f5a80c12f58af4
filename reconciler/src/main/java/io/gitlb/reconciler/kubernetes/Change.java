// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import java.util.Optional;

/// One object whose translation is not what it was; at least one side is there.
///
/// @param key the informer's, `namespace/name` or `name`
record Change<V>(String key, Optional<V> before, Optional<V> after) {}
