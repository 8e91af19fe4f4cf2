import { keepOfflinePage } from "./offline_page.js";
import { PublicRooms } from "./public_rooms.js";
import { RecentRooms } from "./recent_rooms.js";

new PublicRooms(document).start();
new RecentRooms(document).start();
keepOfflinePage();
