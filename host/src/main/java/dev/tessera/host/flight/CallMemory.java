package dev.tessera.host.flight;

import dev.tessera.host.flight.call.CallObserver;
import java.util.List;
import org.apache.arrow.memory.AllocationListener;
import org.apache.arrow.memory.BufferAllocator;

/** Tells observers how much memory each call has held, when the call's allocator is closed. */
record CallMemory(List<CallObserver> observers) implements AllocationListener {

  @Override
  public void onChildRemoved(BufferAllocator parent, BufferAllocator call) {
    observers.forEach(observer -> observer.freed(call.getPeakMemoryAllocation()));
  }
}
