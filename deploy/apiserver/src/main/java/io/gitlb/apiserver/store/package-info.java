// SPDX-License-Identifier: Apache-2.0
/// The objects, their one version counter, their bounded history and those who watch it. A change
/// is a function from the present object to an [io.gitlb.apiserver.store.Edit]; it runs under the
/// store's one lock, so nobody ever sees half a change. No I/O and no clock.
@NullMarked
package io.gitlb.apiserver.store;

import org.jspecify.annotations.NullMarked;
