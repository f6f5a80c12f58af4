// SPDX-License-Identifier: Apache-2.0
/// From a request to a reply: who may ask, what a path means, reading, watching, writing, discovery
/// and the fault knobs. Knows nothing of sockets.
@NullMarked
package io.gitlb.apiserver.api;

import org.jspecify.annotations.NullMarked;
