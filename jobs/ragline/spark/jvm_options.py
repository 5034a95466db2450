"""Options of the JVMs that jobs start on one machine."""

# The JVM only passes ids along here, so optimising its code costs more than it saves (13 CPU seconds to start, or 8).
SERIAL_JVM = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
